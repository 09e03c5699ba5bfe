package front

import (
	"fmt"
	"regexp"
	"strings"

	"multiprocessing/kernel/internal/cell"
	"multiprocessing/kernel/internal/gonb"
)

// place is a line of a cell.
type place struct{ count, line int }

func (p place) String() string { return fmt.Sprintf("Cell [%d] line %d", p.count, p.line) }

// source returns the line's text, or "" if it is no longer stored.
func (f *front) source(p place) string {
	lines := strings.Split(f.history.code(p.count), "\n")
	if p.line < 1 || p.line > len(lines) {
		return ""
	}
	return strings.TrimRight(lines[p.line-1], "\r")
}

// Line directives in a program give the cell and line of each source line. The number is that of the cell's first run.
var (
	inTrace   = regexp.MustCompile(`(?m)^[ \t]*(?:[^:\n]*[/\\])?Cell \[(\d+)\]:(\d+)(?: \+0x[0-9a-f]+)?$`)
	inMessage = regexp.MustCompile(`(?:[^\s:]*[/\\])?Cell \[(\d+)\]:(\d+)(?::\d+)?(?:\[[^\]\n]*\.go:\d+:\d+\])?`) // perhaps followed by the place in the program

	// In a test Go generates the main function.
	ofTests = regexp.MustCompile(`(?m)^.*\n[ \t]*_testmain\.go:\d+.*\n?`)
)

func (f *front) placeOf(label, line string) place {
	return place{f.counts[number(label)], number(line)}
}

// label returns the name in programs of the cell whose first run has that number.
func label(first int) string { return fmt.Sprintf("Cell [%d]", first) }

func (f *front) placeIn(p cell.Place) place {
	var first int
	if _, err := fmt.Sscanf(p.Label, "Cell [%d]", &first); err != nil {
		return place{}
	}
	return place{f.counts[first], p.Line}
}

// places replaces files in a trace with places in cells, and returns the first of them.
func (f *front) places(trace string) (replaced string, first place) {
	trace = ofTests.ReplaceAllString(gonb.InTests.ReplaceAllString(trace, "main."), "")
	replaced = inTrace.ReplaceAllStringFunc(trace, func(found string) string {
		match := inTrace.FindStringSubmatch(found)
		p := f.placeOf(match[1], match[2])
		if first == (place{}) {
			first = p
		}
		return "\t" + bold + p.String() + plain + ": " + strings.TrimSpace(f.source(p))
	})
	return replaced, first
}

// placesIn replaces files in a tool's message with places in cells.
func (f *front) placesIn(message string) string {
	return inMessage.ReplaceAllStringFunc(message, func(found string) string {
		match := inMessage.FindStringSubmatch(found)
		return f.placeOf(match[1], match[2]).String()
	})
}
