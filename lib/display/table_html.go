package display

import (
	"fmt"
	"html"
	"strings"

	"github.com/go-gota/gota/dataframe"

	"multiprocessing/lib/internal/digits"
	"multiprocessing/lib/internal/verdict"
)

// units are the last words of column names that Table sets apart.
var units = map[string]bool{
	"ns": true, "µs": true, "ms": true, "s": true, "%": true,
	"B": true, "kB": true, "MB": true, "GB": true, "/s": true,
}

// style is scoped by its class. Its colors are JupyterLab's, in light and
// dark, with plain ones where the page has none.
const style = `<style>
.mp-table{max-width:100%;overflow-x:auto;margin:.5em 0;color:var(--jp-content-font-color1,inherit)}
.mp-table table.mp-grid{border-collapse:collapse;margin:0;font:var(--jp-ui-font-size1,13px)/1.45 var(--jp-ui-font-family,system-ui,sans-serif);font-variant-numeric:tabular-nums;table-layout:auto}
.mp-table table.mp-grid caption{caption-side:bottom;text-align:left;padding:.6em .5em;font-size:.92em;color:var(--jp-content-font-color2,inherit)}
.mp-table table.mp-grid tr{background:none}
.mp-table table.mp-grid tr>*{padding:.3em .5em;text-align:left;vertical-align:baseline;border:0;font-weight:400;max-width:22em;white-space:normal;overflow-wrap:break-word}
.mp-table table.mp-grid thead tr>*{font-weight:600;vertical-align:bottom;border-bottom:2px solid var(--jp-border-color1,#9e9e9e)}
.mp-table table.mp-grid tbody tr>*{border-bottom:1px solid var(--jp-border-color2,#bdbdbd)}
.mp-table table.mp-grid tbody tr>th{min-width:7em}
.mp-table table.mp-grid tbody tr>.mp-t{min-width:9.5em}
.mp-table table.mp-grid tbody tr>.mp-v{min-width:10em}
.mp-table table.mp-grid tr>.mp-n{text-align:right}
.mp-table table.mp-grid tbody tr>.mp-n{white-space:nowrap}
.mp-table table.mp-grid tbody tr:hover{background:var(--jp-rendermime-table-row-hover-background,#8882)}
.mp-table table.mp-grid tr.mp-base{background:var(--jp-rendermime-table-row-background,#8881)}
.mp-table table.mp-grid tr.mp-base>th,.mp-table table.mp-grid tr.mp-base>.mp-v,.mp-table table.mp-grid tr.mp-bad>.mp-v{font-weight:700}
.mp-table table.mp-grid tr.mp-bad>.mp-n{opacity:.7}
.mp-table .mp-u{font-weight:400;opacity:.8}
.mp-table .mp-i{font-weight:400;font-size:.88em;opacity:.8}
.mp-table summary{cursor:pointer;padding:.4em .5em;font:var(--jp-ui-font-size1,13px) var(--jp-ui-font-family,system-ui,sans-serif)}
</style>`

func tableHTML(df dataframe.DataFrame, s settings) string {
	// Figure space and punctuation space: as wide as a digit and a point.
	cols := withNotes(columns(df, s.only, "\u2007", "\u2008"))
	var b strings.Builder
	b.WriteString(`<div class="mp-table">` + style)
	shown := min(df.Nrow(), s.rows)
	writeGrid(&b, cols, 0, shown, s.caption)
	if rest := df.Nrow() - shown; rest > 0 {
		fmt.Fprintf(&b, "<details><summary>%s</summary>", more(rest))
		writeGrid(&b, cols, shown, df.Nrow(), "")
		b.WriteString("</details>")
	}
	b.WriteString("</div>")
	return b.String()
}

func more(rows int) string {
	if rows == 1 {
		return "1 more row"
	}
	return digits.Group(fmt.Sprint(rows)) + " more rows"
}

// writeGrid writes one table with the rows from..to-1.
func writeGrid(b *strings.Builder, cols []column, from, to int, caption string) {
	b.WriteString(`<table class="mp-grid">`)
	if caption != "" {
		b.WriteString("<caption>" + html.EscapeString(caption) + "</caption>")
	}
	b.WriteString("<thead><tr>")
	for _, c := range cols {
		text := heading(c.name)
		if c.about != "" {
			text += `<br><span class="mp-i">` + c.about + "</span>"
		}
		fmt.Fprintf(b, `<th scope="col"%s>%s</th>`, classes(c), text)
	}
	b.WriteString("</tr></thead>\n<tbody>")
	for i := from; i < to; i++ {
		writeRow(b, cols, i)
	}
	b.WriteString("</tbody></table>")
}

func writeRow(b *strings.Builder, cols []column, i int) {
	said := verdictOf(cols, i)
	switch {
	case verdict.IsBase(said):
		b.WriteString(`<tr class="mp-base">`)
	case verdict.IsBad(said):
		b.WriteString(`<tr class="mp-bad">`)
	default:
		b.WriteString("<tr>")
	}
	for j, c := range cols {
		text := c.cells[i]
		if c.name == "verdict" && verdict.IsBad(said) {
			text = "✗ " + text
		}
		text = html.EscapeString(text)
		if j == 0 && !c.numeric {
			b.WriteString(`<th scope="row">` + text + "</th>")
			continue
		}
		if c.about != "" && c.notes[i] != "" {
			text += `<br><span class="mp-i">` + c.notes[i] + "</span>"
		}
		b.WriteString("<td" + classes(c) + ">" + text + "</td>")
	}
	b.WriteString("</tr>\n")
}

func classes(c column) string {
	switch {
	case c.numeric:
		return ` class="mp-n"`
	case c.name == "verdict":
		return ` class="mp-v"`
	}
	return ` class="mp-t"`
}

// heading sets the unit apart from the rest of a column's name.
func heading(name string) string {
	i := strings.LastIndexByte(name, ' ')
	if i > 0 && units[name[i+1:]] {
		return html.EscapeString(name[:i]) + ` <span class="mp-u">` + html.EscapeString(name[i+1:]) + "</span>"
	}
	return html.EscapeString(name)
}

func verdictOf(cols []column, row int) string {
	for _, c := range cols {
		if c.name == "verdict" {
			return c.cells[row]
		}
	}
	return ""
}
