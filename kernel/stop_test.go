package main

import (
	"fmt"
	"strings"
	"testing"

	"multiprocessing/kernel/browsertest"

	"github.com/chromedp/chromedp"
)

// TestBrowserStopsRunAllAtTheFirstFailedCell looks at what a reader in JupyterLab sees of a cell that does not compile,
// and of those behind it.
func TestBrowserStopsRunAllAtTheFirstFailedCell(t *testing.T) {
	besideOthers(t)
	browser := browsertest.Path(t)
	name := notebookInLab(t, "failing", "%%\nfmt.Println(\"ran\")", "%%\nx := 1\nfmt.Println(undefinedName, x)", "%%\nfmt.Println(\"never\")")
	url, stop := startLab(t, nil, name)
	ctx, closeBrowser := browsertest.Open(t, browser, 1360, 900)
	do(t, ctx, "open the notebook", chromedp.Navigate(url+"&reset"), until(kernelIsChosen))
	do(t, ctx, "choose Run > Run All Cells", chooseRunAll())
	const prompts = `[...document.querySelectorAll('.jp-Notebook .jp-CodeCell .jp-InputPrompt')].map(e => e.textContent.trim()).join(' ')`
	do(t, ctx, "wait for the error, and until no cell waits", until(fmt.Sprintf(`/^\[1\]: \[2\]: \[ ?\]:$/.test(%s)`, prompts)))
	errors := text(t, ctx, `[...document.querySelectorAll('.jp-OutputArea-output[data-mime-type*="error"], .jp-OutputArea-output[data-mime-type*="stderr"]')].map(e => e.outerHTML).join('')`)
	for _, want := range []string{"line 3", "undefined: undefinedName", "fmt.Println(undefinedName, x)", "ansi-red-fg", "ansi-bold"} {
		if !strings.Contains(errors, want) {
			t.Errorf("%q is not in the HTML of the error: %s", want, errors)
		}
	}
	if n := strings.Count(errors, "undefined: undefinedName"); n != 1 {
		t.Errorf("the error is shown %d times: %s", n, errors)
	}
	if outputs := text(t, ctx, `document.querySelector('.jp-Notebook').textContent`); strings.Count(outputs, "never") > 1 { // once in the source
		t.Errorf("the cell behind it ran: %s", outputs)
	}
	wantLinksOpen(t, url) // has nothing to do with failing, but needs a lab that runs
	closeBrowser()
	stop()
	wantNothingLeft(t)
}
