// Package monospace sets tables in plain text, for terminals and other places
// where every character takes one column or two: East Asian characters and
// emoji take two, combining marks none.
package monospace

import (
	"strconv"
	"strings"
	"unicode"
)

// Table returns rows as lines of text, with their cells in columns two spaces
// apart. The cells of a column for which right is true stand at its right, all
// others at its left; a nil right is false for all. Each cell must be one line,
// as Line makes it. Spaces at the ends of lines are left out.
func Table(rows [][]string, right func(column int) bool) string {
	var widths []int
	for _, row := range rows {
		for j, cell := range row {
			if j == len(widths) {
				widths = append(widths, 0)
			}
			widths[j] = max(widths[j], Width(cell))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		var line strings.Builder
		for j, cell := range row {
			pad := strings.Repeat(" ", widths[j]-Width(cell))
			if right != nil && right(j) {
				line.WriteString(pad + cell + "  ")
			} else {
				line.WriteString(cell + pad + "  ")
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}

// Line returns text as one line that moves nothing around it: white space
// between words becomes one space. Control characters, and those that change
// the direction of writing, become their names in Go, such as \x1b; bytes that
// are not UTF-8 become U+FFFD.
func Line(text string) string {
	text = strings.ToValidUTF8(strings.Join(strings.Fields(text), " "), "\uFFFD")
	if !strings.ContainsFunc(text, acts) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if acts(r) {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// acts reports whether a terminal does something at r instead of showing it.
func acts(r rune) bool {
	return unicode.IsControl(r) || '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069'
}
