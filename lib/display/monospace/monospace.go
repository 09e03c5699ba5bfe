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
//
// Lines have at most limit columns, so that a terminal of that width breaks
// none of them inside a word; 0 means no limit. What is wider is set in blocks
// below each other. Each begins with the first column and ends with an empty
// line, but for the last. A text that is still too wide goes on in the next
// line; a single word is never broken.
func Table(rows [][]string, right func(column int) bool, limit int) string {
	var widths []int
	for _, row := range rows {
		for j, cell := range row {
			if j == len(widths) {
				widths = append(widths, 0)
			}
			widths[j] = max(widths[j], Width(cell))
		}
	}
	var blocks []string
	for _, columns := range blocksOf(widths, limit) {
		var b strings.Builder
		for _, row := range rows {
			writeRow(&b, row, columns, widths, right, limit)
		}
		blocks = append(blocks, b.String())
	}
	return strings.Join(blocks, "\n")
}

// blocksOf puts columns of these widths into blocks, each with the first.
func blocksOf(widths []int, limit int) (blocks [][]int) {
	for next := min(1, len(widths)); len(blocks) == 0 || next < len(widths); {
		var block []int
		used := 0
		if len(widths) > 0 {
			block, used = []int{0}, widths[0]
		}
		for ; next < len(widths) && (len(block) == 1 || limit == 0 || used+2+widths[next] <= limit); next++ {
			block, used = append(block, next), used+2+widths[next]
		}
		blocks = append(blocks, block)
	}
	return blocks
}

// writeRow writes the cells of a row that are in columns. The last may take
// several lines.
func writeRow(b *strings.Builder, row []string, columns, widths []int, right func(column int) bool, limit int) {
	var line strings.Builder
	indent := 0
	for i, j := range columns {
		if j >= len(row) {
			break
		}
		cell := row[j]
		if i > 0 && i == len(columns)-1 && limit > 0 && indent+Width(cell) > limit {
			cell = strings.Join(Wrap(cell, max(1, limit-indent)), "\n"+strings.Repeat(" ", indent))
		}
		pad := strings.Repeat(" ", max(0, widths[j]-Width(row[j])))
		if right != nil && right(j) {
			line.WriteString(pad + cell + "  ")
		} else {
			line.WriteString(cell + pad + "  ")
		}
		indent += widths[j] + 2
	}
	b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
}

// Wrap returns text as lines of at most width columns, broken between words. A
// word that is wider has a line of its own.
func Wrap(text string, width int) (lines []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && Width(line)+1+Width(word) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
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
