package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"multiprocessing/kernel/browsertest"

	"github.com/chromedp/chromedp"
)

// flood is a cell that prints 100 MB.
const flood = `%%
line := strings.Repeat("x", 99) + "\n"
for range 1_000_000 {
	os.Stdout.WriteString(line)
}
fmt.Println("this is the end")`

// TestBrowserGoesOnWhileACellPrints100MB looks at what a reader in JupyterLab sees of a cell that prints far too much:
// a page that still answers, the last line, and how much was left out.
func TestBrowserGoesOnWhileACellPrints100MB(t *testing.T) {
	besideOthers(t)
	browser := browsertest.Path(t)
	url, stop := startLab(t, nil, notebookInLab(t, "printing", flood, "%%\nfmt.Println(\"the page\", \"goes on\")"))
	ctx, closeBrowser := browsertest.Open(t, browser, 1360, 900)
	do(t, ctx, "open the notebook", chromedp.Navigate(url+"&reset"), until(kernelIsChosen))
	do(t, ctx, "have the page note its longest standstill", chromedp.Evaluate(`(() => {
		let last = performance.now();
		window.standstill = 0;
		setInterval(() => {
			const now = performance.now();
			window.standstill = Math.max(window.standstill, now - last);
			last = now;
		}, 50);
	})()`, nil))
	do(t, ctx, "choose Run > Run All Cells", chooseRunAll())
	slowest := time.Duration(0)
	for done := false; !done; {
		begin := time.Now()
		answer, cancel := context.WithTimeout(ctx, time.Minute) // it is a second; more is a crowded machine, or a page that stands still
		if err := chromedp.Run(answer, chromedp.Evaluate(promptsDone(2), &done)); err != nil {
			t.Fatalf("the page does not answer: %v", err)
		}
		cancel()
		slowest = max(slowest, time.Since(begin))
		if t.Context().Err() != nil {
			t.Fatal("the cells do not end")
		}
		time.Sleep(50 * time.Millisecond)
	}
	var standstill float64
	do(t, ctx, "ask for the standstill", chromedp.Evaluate(`window.standstill`, &standstill))
	t.Logf("the page's slowest answer took %v; it stood still for at most %.0f ms", slowest, standstill)

	do(t, ctx, "scroll to the last line and see it in the window", until(`(() => {
		const output = `+lastLine+`;
		if (output === null) {
			return false;
		}
		output.scrollIntoView({block: 'end'});
		const range = document.createRange(), text = output.lastChild;
		range.setStart(text, text.length - 'this is the end\n'.length);
		range.setEnd(text, text.length - 1);
		const box = range.getBoundingClientRect();
		return output.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
	})()`))
	var shot []byte
	do(t, ctx, "take a picture", chromedp.CaptureScreenshot(&shot))
	saveAs(t, "100-MB.png", shot)
	said := text(t, ctx, `[...document.querySelectorAll('.jp-OutputArea-output[data-mime-type*="stderr"]')].map(e => e.textContent).join('')`)
	for _, want := range []string{"[cut here: this cell prints more than 1 MB", "[left out: 98.7 MB of 100.0 MB"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in what the page says: %q", want, said)
		}
	}
	if said := text(t, ctx, `[...document.querySelectorAll('.jp-Notebook .jp-CodeCell')].at(-1).querySelector('.jp-OutputArea-output')?.textContent ?? ''`); said != "the page goes on\n" {
		t.Errorf("the cell behind it says %q", said)
	}
	closeBrowser()
	stop()
	wantNothingLeft(t)
}

const lastLine = `[...document.querySelectorAll('.jp-OutputArea-output pre')].findLast(e => e.textContent.endsWith('this is the end\n')) ?? null`
