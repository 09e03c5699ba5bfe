package display

import (
	"strconv"
	"strings"

	"github.com/go-gota/gota/series"

	"multiprocessing/lib/display/monospace"
	"multiprocessing/lib/internal/digits"
)

// Number formats v with three significant digits or, from 1,000 on, without
// decimals and with commas: 0.0123, 1.23, 12.3, 1,234. More would claim a precision
// that timings do not have. Below 1e-4 and from 1e15 on it uses an exponent. NaN is
// a dash, and infinity ∞.
func Number(v float64) string { return digits.Three(v) }

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

// Plain formats an element of a DataFrame: a float as the shortest number that
// reads back as the same value, with an exponent if it is very large or small;
// integers with all digits; text in one line; a missing value as a dash.
func Plain(e series.Element) string {
	switch {
	case e.IsNA():
		return digits.Missing
	case e.Type() == series.Float:
		return strconv.FormatFloat(e.Float(), 'g', -1, 64)
	}
	return monospace.Line(e.String())
}
