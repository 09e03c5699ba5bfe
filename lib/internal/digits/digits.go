// Package digits writes numbers as the course shows them: with as many digits
// as a measurement is worth.
package digits

import (
	"math"
	"strconv"
	"strings"
)

// Missing stands in for a number that there is not.
const Missing = "–"

// Three writes v with three significant digits, and with all digits before
// the point: 0.0123, 1.23, 12.3, 1,234.
func Three(v float64) string {
	size := math.Abs(v)
	switch {
	case math.IsNaN(v):
		return Missing
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
	return Group(strconv.FormatFloat(v, 'f', decimals, 64))
}

// Group sets commas between thousands, from 1,000 on.
func Group(s string) string {
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
