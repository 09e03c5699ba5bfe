package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	runtimecdp "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"multiprocessing/kernel/browsertest"
	"multiprocessing/kernel/coursebook"
)

// picture is where the README's picture is written: go test ./kernel -run Browser -picture ../docs/05-primes.png
var picture = flag.String("picture", "", "write the screenshot of the primes notebook to this file")

func TestBrowserRunsThePrimesNotebook(t *testing.T) {
	besideOthers(t)
	browser := browsertest.Path(t)
	path := filepath.Join(notebooks, "05-primes.ipynb")
	var settings []string
	if *picture == "" { // a picture is of a comparison that took its time
		settings = append(settings, enough)
	}
	name := primesForLab(t, path)
	url, stop := startLab(t, settings, name)
	if strings.Contains(url, "://0.0.0.0") || !strings.HasPrefix(url, "http://127.0.0.1:") {
		t.Errorf("lab listens on %s, want 127.0.0.1", url)
	}
	ctx, closeBrowser := browsertest.Open(t, browser, 1360, 1150)
	do(t, ctx, "open the notebook", chromedp.Navigate(url+"&reset"), until(kernelIsChosen))
	do(t, ctx, "wait for the table of contents", until(`document.querySelector('.jp-TableOfContents')?.innerText.includes('5. Primes')`))
	do(t, ctx, "choose Run > Run All Cells", chooseRunAll())
	do(t, ctx, "wait for the cells and the sliders", until(allCellsAreDone(t, path)), until(exploreReady))
	do(t, ctx, "press Run", exploreRun)
	if got := text(t, ctx, exploreCell+`.querySelector('table').textContent`); strings.Count(got, deckAnswers) != 5 {
		t.Errorf("by slider the same parameters do not give the deck's answers in 5 rows: %s", got)
	}
	var rows [][]string
	do(t, ctx, "read the table", // what is far from the window has no inner text
		chromedp.Evaluate(`document.querySelector('.jp-OutputArea table').closest('.jp-Cell').scrollIntoView()`, nil),
		until(`document.querySelector('.jp-OutputArea table').innerText.trim() !== ''`), readTable(&rows))
	checkTable(t, browserColumns, apart(rows))
	var shot []byte
	do(t, ctx, "take a picture",
		chromedp.Evaluate(`document.querySelector('.jp-OutputArea table').closest('.jp-Cell').scrollIntoView()`, nil), drawn, chromedp.CaptureScreenshot(&shot))
	save(t, shot)
	if os.Getenv("MULTIPROCESSING_LAB") == "" {
		do(t, ctx, "save the notebook", click(`document.querySelector('.jp-NotebookPanel-toolbar [data-command="docmanager:save"]')`),
			until(`!document.querySelector('.jp-mod-dirty')`))
		book, err := coursebook.Read(filepath.Join(notebooks, name))
		if err != nil {
			t.Fatal(err)
		}
		checkPrimes(t, book)
	}
	if popups := text(t, ctx, `document.querySelector('.Toastify')?.innerText ?? ""`); strings.Contains(popups, "news") {
		t.Errorf("JupyterLab shows a pop-up: %q", popups)
	}
	closeBrowser()
	stop()
	wantNothingLeft(t)
}

// enough has a comparison of times in the primes notebook go on until, if the computer is not busy, the shorter cases have
// an interval: all that a table shows is in it then.
const enough = "MULTIPROCESSING_BUDGET=1s"

// primesForLab returns the name of the primes notebook in JupyterLab. There it is a copy, so that nobody who reads the
// original meanwhile reads what JupyterLab has saved; in a container it is the container's own.
func primesForLab(t *testing.T, path string) string {
	if os.Getenv("MULTIPROCESSING_LAB") != "" {
		return filepath.Base(path)
	}
	return copyForLab(t, "primes", path)
}

// drawn waits until the browser has drawn what the page holds.
var drawn = chromedp.Evaluate(`new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`, nil, awaited)

// awaited has the promise of an expression be waited for.
func awaited(p *runtimecdp.EvaluateParams) *runtimecdp.EvaluateParams {
	return p.WithAwaitPromise(true)
}

// chooseRunAll chooses Run > Run All Cells in the menu, as a reader does, until cells wait or run: a menu that is open closes
// when the page gets something new to show, and the click that was meant for it does nothing.
func chooseRunAll() chromedp.Action {
	const (
		menu = `document.querySelector('.lm-Menu')`
		item = `document.querySelector('.lm-Menu-item[data-command="runmenu:run-all"]:not(.lm-mod-disabled)')`
	)
	within := func(wait time.Duration, expression string) chromedp.Action {
		return chromedp.Poll(expression, nil, chromedp.WithPollingInterval(50*time.Millisecond), chromedp.WithPollingTimeout(wait))
	}
	return chromedp.ActionFunc(func(ctx context.Context) error {
		if err := chromedp.Evaluate(noteStart, nil).Do(ctx); err != nil {
			return err
		}
		for {
			err := chromedp.Tasks{
				click(`[...document.querySelectorAll('.lm-MenuBar-item')].find(e => e.innerText === 'Run')`), within(5*time.Second, item+` !== null`),
				click(`(` + item + ` ?? document.body)`), within(5*time.Second, menu+` === null`),
				within(time.Minute, `window.started`), // a page that takes longer to draw a star would run the cells twice
			}.Do(ctx)
			if !errors.Is(err, chromedp.ErrPollingTimeout) {
				return err
			}
			if err := (chromedp.Tasks{chromedp.KeyEvent(kb.Escape), until(menu + ` === null`)}).Do(ctx); err != nil {
				return err
			}
		}
	})
}

// noteStart has the page note when the first cell gets its star.
const noteStart = `(() => {
	window.started = false;
	const observer = new MutationObserver(() => {
		if ([...document.querySelectorAll('.jp-Notebook .jp-InputPrompt')].some(e => e.textContent.includes('*'))) {
			window.started = true;
			observer.disconnect();
		}
	});
	observer.observe(document.body, {subtree: true, childList: true, characterData: true});
})()`

// do does a step of the test in the browser; when it fails, a screenshot shows where it stood.
func do(t *testing.T, ctx context.Context, what string, actions ...chromedp.Action) {
	t.Helper()
	step, cancel := context.WithTimeout(ctx, 4*time.Minute)
	defer cancel()
	if err := chromedp.Run(step, actions...); err != nil {
		var shot []byte
		if chromedp.Run(ctx, chromedp.CaptureScreenshot(&shot)) == nil {
			saveAs(t, "failed.png", shot)
		}
		t.Fatalf("to %s: %v", what, err)
	}
}

func text(t *testing.T, ctx context.Context, expression string) string {
	t.Helper()
	var result string
	do(t, ctx, "evaluate "+expression, chromedp.Evaluate(expression, &result))
	return result
}

// kernelIsChosen holds when the notebook is shown with its kernel, and the server says that the page is connected to one
// that is idle. The page's own word is not enough: JupyterLab shows a kernel's name when it has asked for one, and for a
// moment that it is idle, before it has one. A Run All in that moment runs nothing, and says nothing.
const kernelIsChosen = `document.querySelectorAll('.jp-Notebook .jp-CodeCell').length > 0 &&
	[...document.querySelectorAll('.jp-Toolbar-kernelName')].some(e => e.innerText.includes('gonb')) &&
	document.querySelectorAll('.jp-Notebook-ExecutionIndicator').length > 0 &&
	[...document.querySelectorAll('.jp-Notebook-ExecutionIndicator')].every(e => e.dataset.status === 'idle') &&
	(() => {
		const request = new XMLHttpRequest();
		request.open('GET', JSON.parse(document.getElementById('jupyter-config-data').textContent).baseUrl + 'api/sessions', false);
		request.send();
		return JSON.parse(request.responseText).some(s => s.kernel.connections > 0 && s.kernel.execution_state === 'idle');
	})()`

// until waits until a JavaScript expression is true. chromedp's own waits want every matching element on the screen,
// and JupyterLab keeps cells that are scrolled away out of it.
func until(expression string) chromedp.Action {
	return chromedp.Poll(expression, nil, chromedp.WithPollingInterval(200*time.Millisecond), chromedp.WithPollingTimeout(0))
}

// click presses the mouse on the element that a JavaScript expression gives.
func click(element string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		var at []float64
		err := chromedp.Evaluate(`(() => { const r = (`+element+`).getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] })()`, &at).Do(ctx)
		if err != nil {
			return err
		}
		// A menu takes a click only on the item that the mouse has moved to.
		if err := chromedp.MouseEvent(input.MouseMoved, at[0], at[1]).Do(ctx); err != nil {
			return err
		}
		return chromedp.MouseClickXY(at[0], at[1]).Do(ctx)
	})
}

// press presses the mouse on a control of the page until the control has got a click: a page that is laid out anew in the
// meantime moves it away from the mouse.
func press(element string) chromedp.Action {
	get := `(() => {
		const element = ` + element + `;
		element.scrollIntoView({block: 'center'});
		window.pressed = false;
		element.addEventListener('click', () => { window.pressed = true; }, {once: true});
	})()`
	return chromedp.ActionFunc(func(ctx context.Context) error {
		for {
			var pressed bool
			err := chromedp.Tasks{chromedp.Evaluate(get, nil), drawn, click(element), chromedp.Evaluate(`window.pressed`, &pressed)}.Do(ctx)
			if err != nil || pressed {
				return err
			}
		}
	})
}

// allCellsAreDone is a JavaScript expression that holds when every code cell of the notebook has run: its prompt is a
// number and no longer a star.
func allCellsAreDone(t *testing.T, path string) string {
	t.Helper()
	book, err := coursebook.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	cells := 0
	for _, cell := range book.Cells {
		if cell.Type == "code" && !cell.Metadata.Jupyter.SourceHidden { // one that is folded has no prompt
			cells++
		}
	}
	return promptsDone(cells)
}

func promptsDone(cells int) string {
	return fmt.Sprintf(`(() => {
		const prompts = [...document.querySelectorAll('.jp-Notebook .jp-CodeCell .jp-InputPrompt')].map(e => e.textContent.trim())
			.filter(p => p !== ''); // that of a folded cell is empty
		return prompts.length >= %d && prompts.every(p => /^\[\d+\]:$/.test(p));
	})()`, cells)
}

// browserColumns are the table's columns in a browser, where an interval stands below its number.
var browserColumns = []string{"case", "workers", "start ms", "median ms", "deck ms", "speedup", "efficiency", "verdict", "result"}

// apart drops the intervals from cells and the words for them from the head.
func apart(rows [][]string) [][]string {
	interval := regexp.MustCompile(` (low|[0-9,.]+) to (high|[0-9,.]+)$`)
	for _, row := range rows {
		for i := range row {
			row[i] = interval.ReplaceAllString(row[i], "")
		}
	}
	return rows
}

// readTable reads the first table of an output, head and rows.
func readTable(rows *[][]string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		var content string
		err := chromedp.Evaluate(`JSON.stringify([...document.querySelector('.jp-OutputArea table').rows].map(r => [...r.cells].map(c => c.innerText.replace(/\s+/g, ' ').trim())))`, &content).Do(ctx)
		if err != nil {
			return err
		}
		return json.Unmarshal([]byte(content), rows)
	})
}

// restore puts a file back as it was, or away, when the test ends: JupyterLab saves notebooks by itself.
func restore(t *testing.T, path string) {
	t.Helper()
	content, err := os.ReadFile(path)
	missing := errors.Is(err, os.ErrNotExist)
	if err != nil && !missing {
		t.Fatal(err)
	}
	withoutCheckpoint(t, path)
	t.Cleanup(func() {
		if missing {
			err = os.RemoveAll(path)
		} else {
			err = os.WriteFile(path, content, 0o644)
		}
		if err != nil {
			t.Error(err)
		}
	})
}

// save keeps a screenshot of the primes notebook, as the README's picture when that is asked for.
func save(t *testing.T, shot []byte) {
	t.Helper()
	if *picture == "" {
		saveAs(t, "05-primes.png", shot)
	} else if err := os.WriteFile(*picture, shot, 0o644); err != nil {
		t.Error(err)
	}
}

// saveAs keeps a screenshot among the test's artifacts: go test -artifacts keeps those.
func saveAs(t *testing.T, name string, shot []byte) {
	t.Helper()
	path := filepath.Join(t.ArtifactDir(), name)
	if err := os.WriteFile(path, shot, 0o644); err != nil {
		t.Error(err)
	}
	t.Log("screenshot:", path)
}

// wantNothingLeft checks that no process that the test's lab started is still running.
func wantNothingLeft(t *testing.T) {
	t.Helper()
	paths, _ := filepath.Glob("/proc/[0-9]*/environ") // on Linux; elsewhere there are none
	for _, path := range paths {
		if content, err := os.ReadFile(path); err == nil && strings.Contains(string(content), labMark(t)+"\x00") {
			command, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "cmdline"))
			t.Errorf("still running after lab was stopped: %q", strings.ReplaceAll(string(command), "\x00", " "))
		}
	}
}
