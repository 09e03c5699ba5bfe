// Package display shows tables, pictures and text under a notebook cell, and
// prints their plain form where there is no notebook.
//
// It is the course's print (slides 8 and 10 print their times): use Table for
// a DataFrame, Timeline for which worker did what when, Graph for what comes after
// what, Profile for where the time went, SVG for another picture, Markdown and HTML
// for the rest. Work of more than a second shows its progress (see Progress). What is shown stands
// between the lines that the cell prints before and after it, and nothing is
// lost when the cell ends, panics or exits. If the notebook does not take it, the
// plain form is printed, the reason goes to stderr, and the cell continues. Wrong
// arguments panic.
//
// In GoNB without the course's kernel, lines and displays have no order, and a
// cell that uses gonbui too must first call
//
//	display.Through(gonbui.SendData, gonbui.Sync)
//
// because GoNB can read the stream of one sender only.
//
// Cost: a call and its answer take 0.02 ms with a stand-in for the kernel
// (BenchmarkSend in lib/internal/notebook), and a table of 1,000 rows takes 4 ms
// to render (BenchmarkTable1000Rows), a timeline of 1,000 spans 2.5 ms
// (BenchmarkTimeline). A cell that imports display takes 55 ms
// longer to build than one line with fmt: 170 ms instead of 115 ms, on 2
// cores (BenchmarkBuild in package chart).
package display

import (
	"fmt"
	"html"
	"os"
	"strings"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"multiprocessing/lib/internal/notebook"
)

// HTML shows markup in the notebook, unchanged: escape foreign text with
// html.EscapeString. Terminals get the plain text.
func HTML(markup, plain string) {
	show(notebook.Bundle{protocol.MIMETextHTML: markup, protocol.MIMETextPlain: plain})
}

// SVG shows a picture, an <svg> element. The description says in words what
// it shows; terminals and screen readers get it.
//
// The picture goes out as inline HTML and not as image/svg+xml, which
// JupyterLab shows as an <img>: there the theme's colors do not reach it.
func SVG(svg, description string) {
	figure := fmt.Sprintf(`<figure role="img" aria-label="%s" style="margin:.5em 0;color:var(--jp-content-font-color1,inherit)">%s</figure>`, html.EscapeString(description), svg)
	HTML(figure, description)
}

// Markdown shows text written in Markdown.
func Markdown(text string) {
	show(notebook.Bundle{protocol.MIMETextMarkdown: text, protocol.MIMETextPlain: text})
}

// Through makes this package send its output by gonbui, in a cell that uses
// gonbui as well: display.Through(gonbui.SendData, gonbui.Sync). Two senders on
// GoNB's one pipe would damage each other's output. In the course's kernel it is
// not needed, and does nothing.
//
// It panics if display has already shown something.
func Through(send func(*protocol.DisplayData), flush func()) {
	if err := notebook.Through(send, flush); err != nil {
		panic("display: Through: " + err.Error())
	}
}

func show(b notebook.Bundle) {
	if notebook.Inside() {
		err := notebook.Send(b)
		if err == nil {
			return
		}
		fmt.Fprintln(os.Stderr, "display:", err)
	}
	fmt.Println(strings.TrimRight(b[protocol.MIMETextPlain], "\n"))
}
