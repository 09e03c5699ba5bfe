package display

import (
	"strconv"
	"strings"

	"github.com/go-gota/gota/series"

	"multiprocessing/lib/display/monospace"
	"multiprocessing/lib/internal/digits"
)

// Number writes v with three significant digits, and with all digits before
// the point: 0.0123, 1.23, 12.3, 1,234. More would claim a precision that
// timings do not have.
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

// Plain writes an element of a DataFrame in full: whole numbers without a
// point, others with the fewest digits that tell them, text as it is.
func Plain(e series.Element) string {
	switch {
	case e.IsNA():
		return digits.Missing
	case e.Type() == series.Float:
		return strconv.FormatFloat(e.Float(), 'g', -1, 64)
	}
	return monospace.Line(e.String())
}
