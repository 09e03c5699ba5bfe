package explore

import (
	"fmt"
	"html"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Control is a slider or a list, and the variable that it sets.
type Control struct {
	name  string
	text  func() string                           // the variable, as the page writes it
	parse func(text string) (set func(), _ error) // set, if text is allowed
	input func(id string) string                  // the element, as HTML
}

// Int is a slider for whole numbers from low to high. A variable that is
// outside when the cell begins widens the range, so that it can stay. It
// panics if target is nil or low is more than high.
func Int(name string, target *int, low, high int) Control {
	check("Int", name, target != nil, low <= high)
	low, high = min(low, *target), max(high, *target)
	text := func() string { return strconv.Itoa(*target) }
	return Control{name, text, func(s string) (func(), error) {
		v, err := strconv.Atoi(s)
		if err != nil || v < low || v > high {
			return nil, fmt.Errorf("%s: %s is no whole number from %d to %d", name, quote(s), low, high)
		}
		return func() { *target = v }, nil
	}, func(id string) string {
		return slider(id, name, text(), strconv.Itoa(low), strconv.Itoa(high), "1")
	}}
}

// Float is the same for numbers in steps, counted from low. It panics also if
// step is not positive, or one of the numbers is infinite or NaN.
func Float(name string, target *float64, low, high, step float64) Control {
	check("Float", name, target != nil, low <= high && step > 0 && !math.IsInf(high-low, 0) && !math.IsInf(step, 0))
	check("Float", name, !math.IsNaN(*target) && !math.IsInf(*target, 0), true)
	low, high = min(low, *target), max(high, *target)
	text := func() string { return number(*target) }
	return Control{name, text, func(s string) (func(), error) {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil || !(low <= v && v <= high) {
			return nil, fmt.Errorf("%s: %s is no number from %s to %s", name, quote(s), number(low), number(high))
		}
		return func() { *target = v }, nil
	}, func(id string) string {
		return slider(id, name, text(), number(low), number(high), number(step))
	}}
}

// Choice is a list of words to choose from. A variable that has none of them
// when the cell begins is put before them, so that it can stay. It panics if
// target is nil or there are no words.
func Choice(name string, target *string, words ...string) Control {
	check("Choice", name, target != nil, len(words) > 0)
	if words = slices.Clone(words); !slices.Contains(words, *target) {
		words = slices.Insert(words, 0, *target)
	}
	return Control{name, func() string { return *target }, func(s string) (func(), error) {
		if !slices.Contains(words, s) {
			return nil, fmt.Errorf("%s: %s is none of %s", name, quote(s), strings.Join(words, ", "))
		}
		return func() { *target = s }, nil
	}, func(id string) string {
		return list(id, *target, words)
	}}
}

func check(kind, name string, targetOK, rangeOK bool) {
	switch {
	case name == "":
		panic("explore: " + kind + ": the name must not be empty")
	case !targetOK:
		panic("explore: " + kind + ": " + name + " needs a variable that holds a value")
	case !rangeOK:
		panic("explore: " + kind + ": " + name + " has nothing to choose from")
	}
}

// slider is a slider with its number beside it, which can be typed.
func slider(id, name, value, low, high, step string) string {
	limits := fmt.Sprintf(`value="%s" min="%s" max="%s" step="%s"`, value, low, high, step)
	return fmt.Sprintf(`<input type="range" id="%s" %s><input type="number" aria-label="%s" %[2]s>`, id, limits, html.EscapeString(name))
}

func list(id, chosen string, words []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<select id="%s">`, id)
	for _, w := range words {
		selected := ""
		if w == chosen {
			selected = " selected"
		}
		fmt.Fprintf(&b, `<option value="%s"%s>%[1]s</option>`, html.EscapeString(w), selected)
	}
	return b.String() + "</select>"
}

// number is the shortest text that is v again, as JavaScript reads it.
func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// quote shows text from a page in a message, shortened.
func quote(s string) string {
	if r := []rune(s); len(r) > 20 {
		s = string(r[:20]) + "…"
	}
	return strconv.Quote(s)
}
