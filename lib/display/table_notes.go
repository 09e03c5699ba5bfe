package display

import (
	"slices"
	"strings"

	"multiprocessing/lib/internal/digits"
)

// withNotes puts below a number what other columns say about it: its interval,
// or how far off a guess was. The table is not so wide then, and one sees at a
// glance which numbers can be told apart.
func withNotes(cols []column) []column {
	var out []column
	for i := 0; i < len(cols); i++ {
		c := cols[i]
		switch {
		case i+2 < len(cols) && c.numeric && cols[i+1].numeric && cols[i+2].numeric && isInterval(c.name, cols[i+1].name, cols[i+2].name):
			c.about = "low to high"
			for row := range c.cells {
				c.notes = append(c.notes, intervalNote(unpadded(cols[i+1].cells[row]), unpadded(cols[i+2].cells[row])))
			}
			i += 2
		case i+1 < len(cols) && c.numeric && cols[i+1].numeric && cols[i+1].name == offName(c.name):
			c.about = "how far off"
			for row := range c.cells {
				c.notes = append(c.notes, offNote(unpadded(cols[i+1].cells[row])))
			}
			i++
		}
		out = append(out, c)
	}
	return out
}

// unpadded is a cell without what aligns its point.
func unpadded(cell string) string { return strings.TrimRight(cell, "\u2007\u2008") }

func intervalNote(low, high string) string {
	if low == digits.Missing || high == digits.Missing || low == high {
		return ""
	}
	return low + " to " + high
}

// offNote says in words how many percent a guess is above the number.
func offNote(percent string) string {
	if percent == digits.Missing || percent == "0" {
		return ""
	}
	if less, below := strings.CutPrefix(percent, "-"); below {
		return less + "% too low"
	}
	return percent + "% too high"
}

// isInterval reports whether two columns are the 95% interval of a third, as
// "low ms" and "high ms" are of "median ms", "speedup low" and "speedup high"
// of "speedup", and "low" and "high" of any.
func isInterval(name, low, high string) bool {
	if low == high || strings.Replace(low, "low", "high", 1) != high {
		return false
	}
	words := strings.Fields(low)
	at := slices.Index(words, "low")
	if at < 0 {
		return false
	}
	of := strings.Join(slices.Delete(words, at, at+1), " ")
	return of == "" || name == of || strings.HasSuffix(name, " "+of)
}

// guessName and offName are the columns of a guess of a number, and of how far
// off it was.
func guessName(name string) string { return name + " guess" }

func offName(guess string) string { return guess + " off %" }
