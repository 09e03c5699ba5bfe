package main

import (
	"strings"
	"testing"

	"multiprocessing/kernel/browsertest"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestBrowserHasABoxForInput types in the boxes that JupyterLab shows for what a program, and a command, reads.
func TestBrowserHasABoxForInput(t *testing.T) {
	besideOthers(t)
	browser := browsertest.Path(t)
	cells := []string{
		"%%\nvar name string\nfmt.Print(\"your name? \")\n_, err := fmt.Scanln(&name)\nfmt.Println(\"hello\", name, err)",
		"%%\ntext, err := io.ReadAll(os.Stdin)\nfmt.Printf(\"%q %v\\n\", text, err)",
		"!cat",
	}
	typed := [][]string{{"Ada"}, {"one", "two", "^D"}, {"three", "^D"}}
	url, stop := startLab(t, nil, notebookInLab(t, "typing", cells...))
	ctx, closeBrowser := browsertest.Open(t, browser, 1360, 900)
	do(t, ctx, "open the notebook", chromedp.Navigate(url+"&reset"), until(kernelIsChosen))
	do(t, ctx, "choose Run > Run All Cells", chooseRunAll())
	const box = `document.querySelector('.jp-Stdin input:not([disabled])')`
	for _, lines := range typed {
		for _, line := range lines {
			do(t, ctx, "type "+line, until(box+` !== null`), chromedp.Evaluate(box+`.focus()`, nil), chromedp.KeyEvent(line+kb.Enter), until(box+` === null || `+box+`.value === ''`))
		}
	}
	do(t, ctx, "wait for the end", until(promptsDone(len(cells))))
	said := text(t, ctx, `[...document.querySelectorAll('.jp-Notebook .jp-OutputArea-output[data-mime-type*="stdout"] pre')].map(e => e.textContent).join('|')`)
	for _, want := range []string{"hello Ada <nil>\n", `"one\ntwo\n" <nil>`, "three\n"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in %q", want, said)
		}
	}
	closeBrowser()
	stop()
	wantNothingLeft(t)
}
