package display

import (
	"math"
	"strconv"
	"strings"

	"github.com/go-gota/gota/series"

	"multiprocessing/lib/display/monospace"
)

// missing stands in a cell without a value.
const missing = "–"

// Number writes v with three significant digits, and with all digits before
// the point: 0.0123, 1.23, 12.3, 1,234. More would claim a precision that
// timings do not have.
func Number(v float64) string {
	size := math.Abs(v)
	switch {
	case math.IsNaN(v):
		return missing
	case math.IsInf(v, 1):
		return "∞"
	case math.IsInf(v, -1):
		return "-∞"
	case size == 0:
		return "0"
	case size < 1e-4 || size >= 1e15:
		return strconv.FormatFloat(v, 'e', 2, 64)
	}
	// Rounded first: 9.999 has three digits before its rounding and 10.0 after.
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(size, 'e', 2, 64), 64)
	decimals := max(0, 2-int(math.Floor(math.Log10(rounded)+1e-9)))
	return group(strconv.FormatFloat(v, 'f', decimals, 64))
}

// group sets commas between thousands, from 1,000 on.
func group(s string) string {
	whole, fraction, point := strings.Cut(s, ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if point {
		whole += "." + fraction
	}
	return sign + whole
}

// alignPoints pads numbers on the right, so that in a right-aligned column
// their points stand below each other. The pads are as wide as a digit and as
// a point.
func alignPoints(cells []string, digit, point string) {
	longest := 0
	for _, c := range cells {
		longest = max(longest, decimals(c))
	}
	if longest == 0 {
		return
	}
	for i, c := range cells {
		d := decimals(c)
		if d == 0 {
			cells[i] += point
		}
		cells[i] += strings.Repeat(digit, longest-d)
	}
}

func decimals(s string) int {
	if i := strings.IndexByte(s, '.'); i >= 0 {
		return len(s) - i - 1
	}
	return 0
}

// Plain writes an element of a DataFrame in full: whole numbers without a
// point, others with the fewest digits that tell them, text as it is.
func Plain(e series.Element) string {
	switch {
	case e.IsNA():
		return missing
	case e.Type() == series.Float:
		return strconv.FormatFloat(e.Float(), 'g', -1, 64)
	}
	return monospace.Line(e.String())
}
