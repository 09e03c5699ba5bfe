package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"multiprocessing/kernel/browsertest"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// JavaScript expressions for the explore cell of a notebook, which stays while its output comes and goes.
const (
	exploreCell    = `[...document.querySelectorAll('.jp-Notebook .jp-CodeCell')].findLast(e => e.textContent.includes('explore.Cell'))`
	explorePrompt  = exploreCell + `.querySelector('.jp-InputPrompt').textContent.trim()`
	exploreCaption = `(` + exploreCell + `.querySelector('.mp-table caption')?.textContent ?? '')`
	exploreSaid    = `(document.querySelector('.mp-explore [role=status]')?.textContent ?? '')`
	exploreUsable  = `document.querySelector('.mp-explore fieldset')?.disabled === false`
	exploreEnded   = `/^\[\d+\]:$/.test(` + explorePrompt + `)`
	exploreReady   = exploreUsable + ` && ` + exploreEnded
	exploreFocus   = `(document.activeElement?.closest('.mp-explore') ? document.activeElement.dataset.do ?? document.activeElement.type : 'elsewhere')`
)

// exploreRun presses Run and waits until that run has ended: the controls of the run before look the same.
var exploreRun = chromedp.Tasks{
	chromedp.Evaluate(`window.promptBefore = `+explorePrompt, nil), press(exploreElement("[data-do=run]")),
	until(explorePrompt + ` !== window.promptBefore && ` + exploreReady),
}

func exploreElement(what string) string {
	return `document.querySelector('.mp-explore ` + what + `')`
}

// TestBrowserExploresWithSliders does in JupyterLab what a reader does with an explore cell.
func TestBrowserExploresWithSliders(t *testing.T) {
	besideOthers(t)
	browser, name := browsertest.Path(t), copyForLab(t, "explore", filepath.Join("testdata", "explore.ipynb"))
	url, stop := startLab(t, nil, name)
	ctx, closeBrowser := browsertest.Open(t, browser, 1360, 1150)
	do(t, ctx, "open the notebook", chromedp.Navigate(url+"&reset"), until(kernelIsChosen))
	do(t, ctx, "choose Run > Run All Cells, which goes on past the sliders", chooseRunAll(), until(promptsDone(3)), until(exploreReady))
	if got := text(t, ctx, exploreSaid+` + ' ' + `+exploreCaption); got != "What follows is with start = 5 and work = once. Prime number 5 is 11." {
		t.Errorf("the cell shows %q", got)
	}
	choosesByKeysAndNumbers(t, ctx)
	runsInPlace(t, ctx)
	refusesWhatIsOutOfRange(t, ctx)
	showsBothThemes(t, ctx)
	stopsInTheMiddleOfARun(t, ctx)
	keepsTheChoice(t, ctx)
	keepsRunsForItsNotebook(t, name)
	closeBrowser()
	stop()
	wantNothingLeft(t)
}

// TestBrowserKeepsSlidersAfterAReload has no kernel wait for a page that is gone, and has the saved controls work again.
func TestBrowserKeepsSlidersAfterAReload(t *testing.T) {
	besideOthers(t)
	browser, name := browsertest.Path(t), copyForLab(t, "explore-reload", filepath.Join("testdata", "explore.ipynb"))
	url, stop := startLab(t, nil, name)
	ctx, closeBrowser := browsertest.Open(t, browser, 1360, 1150)
	do(t, ctx, "open the notebook", chromedp.Navigate(url+"&reset"), until(kernelIsChosen))
	leavesUnasked(ctx)
	do(t, ctx, "choose Run > Run All Cells", chooseRunAll(), until(promptsDone(3)), until(exploreReady))
	for i, again := range []struct {
		what   string
		leave  chromedp.Action
		key    string
		before string
		after  string
	}{
		{"reload the page", chromedp.Reload(), kb.End, "Prime number 5 is 11.", "Prime number 20000 is 224737."},
		{"close the page and open another", chromedp.Tasks{chromedp.Navigate("about:blank"), chromedp.Navigate(url)}, kb.Home, "Prime number 20000 is 224737.", "Prime number 0 is 2."},
	} {
		saveNotebook(t, ctx, filepath.Join(notebooks, name), again.before)
		do(t, ctx, again.what, again.leave, until(kernelIsChosen), until(exploreUsable)) // the kernel is idle
		if got := text(t, ctx, exploreCaption); got != again.before {
			t.Errorf("%s: the cell shows %q, want what was saved", again.what, got)
		}
		do(t, ctx, "move the slider", press(exploreElement("input")), chromedp.KeyEvent(again.key))
		do(t, ctx, "press Run", exploreRun)
		if got := text(t, ctx, exploreCaption); got != again.after {
			t.Errorf("%s: the cell shows %q, want %q", again.what, got, again.after)
		}
		do(t, ctx, "choose Run > Run All Cells again", chromedp.Evaluate(`window.promptBefore = `+explorePrompt, nil), chooseRunAll(), until(explorePrompt+` !== window.promptBefore`), until(promptsDone(3)), until(exploreReady))
		if got := text(t, ctx, exploreCaption); got != again.after {
			t.Errorf("Run All %d does not keep the choice: %q", i+1, got)
		}
	}
	saveNotebook(t, ctx, filepath.Join(notebooks, name), "Prime number 0 is 2.")
	do(t, ctx, "shut the kernel down and open the notebook again", chromedp.Evaluate(endKernels, nil, awaited), chromedp.Reload(), until(kernelIsChosen))
	do(t, ctx, "see controls that say why they do not work", until(exploreSaid+`.startsWith('The kernel of these sliders has ended.')`), until(exploreElement("fieldset")+`.disabled`))
	closeBrowser()
	stop()
	wantNothingLeft(t)
}

// leavesUnasked answers the question whether to leave a page with changes: JupyterLab also takes a moment after it has
// written the file.
func leavesUnasked(ctx context.Context) {
	chromedp.ListenTarget(ctx, func(event any) {
		if _, asks := event.(*page.EventJavascriptDialogOpening); asks {
			go func() { _ = chromedp.Run(ctx, page.HandleJavaScriptDialog(true)) }() // without an answer the test fails
		}
	})
}

// endKernels shuts down every kernel of the server.
const endKernels = `(async () => {
	const server = JSON.parse(document.getElementById('jupyter-config-data').textContent).baseUrl + 'api/kernels';
	const token = document.cookie.match(/\b_xsrf=([^;]*)/)?.[1] ?? '';
	for (const kernel of await (await fetch(server)).json()) {
		await fetch(server + '/' + kernel.id, { method: 'DELETE', headers: { 'X-XSRFToken': token } });
	}
})()`

// saveNotebook saves it as a reader does, and waits until the file has the text.
func saveNotebook(t *testing.T, ctx context.Context, path, text string) {
	t.Helper()
	do(t, ctx, "save the notebook", click(`document.querySelector('.jp-NotebookPanel-toolbar [data-command="docmanager:save"]')`), chromedp.ActionFunc(func(ctx context.Context) error {
		for {
			content, err := os.ReadFile(path)
			if err == nil && strings.Contains(string(content), text) {
				return nil
			}
			select {
			case <-ctx.Done():
				return fmt.Errorf("%s does not come into %s", text, path)
			case <-time.After(50 * time.Millisecond):
			}
		}
	}))
}

// TestBrowserExploresBehindAProxy has JupyterLab at another base URL and with TLS.
func TestBrowserExploresBehindAProxy(t *testing.T) {
	besideOthers(t)
	browser, settings := browsertest.Path(t), ownCache(t)
	serveWith(t, settings, map[string]any{"base_url": "/x/"}, certificate(t))
	url, stop := startLabHere(t, settings, copyForLab(t, "explore-behind-a-proxy", filepath.Join("testdata", "explore.ipynb")))
	if !strings.HasPrefix(url, "https://127.0.0.1:") || !strings.Contains(url, "/x/lab/") {
		t.Errorf("lab says that it is at %s", url)
	}
	ctx, closeBrowser := browsertest.Open(t, browser, 1360, 1150, chromedp.Flag("ignore-certificate-errors", true))
	do(t, ctx, "open the notebook", chromedp.Navigate(url+"&reset"), until(kernelIsChosen))
	do(t, ctx, "choose Run > Run All Cells", chooseRunAll())
	do(t, ctx, "wait for the sliders", until(exploreReady))
	runsInPlace(t, ctx)
	stopsInTheMiddleOfARun(t, ctx)
	closeBrowser()
	stop()
	wantNothingLeft(t)
}

// serveWith gives options to the JupyterLab server of a lab that is run with settings.
func serveWith(t *testing.T, settings []string, options ...map[string]any) {
	t.Helper()
	all := map[string]any{}
	for _, some := range options {
		maps.Copy(all, some)
	}
	content, err := json.Marshal(map[string]any{"ServerApp": all})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(scratch(t, settings), "config", "jupyter_server_config.json")
	restore(t, path)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, content, 0o600)); err != nil {
		t.Fatal(err)
	}
}

// certificate makes one for a server on this machine, which nobody has signed, and returns the settings for it.
func certificate(t *testing.T) map[string]any {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, kind string, content []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return map[string]any{"certfile": write("server.crt", "CERTIFICATE", signed), "keyfile": write("server.key", "PRIVATE KEY", key)}
}

// choosesByKeysAndNumbers wants the slider and the number beside it to follow each other.
func choosesByKeysAndNumbers(t *testing.T, ctx context.Context) {
	t.Helper()
	shown := `[...` + exploreCell + `.querySelectorAll('input')].map(e => e.value).join()`
	do(t, ctx, "move the slider to its begin", press(exploreElement("input[type=range]")), chromedp.KeyEvent(kb.Home))
	for _, step := range []struct{ key, want string }{{kb.ArrowRight, "1,1"}, {kb.ArrowUp, "2,2"}, {kb.ArrowLeft, "1,1"}, {kb.ArrowDown, "0,0"}} {
		do(t, ctx, "press an arrow key", chromedp.KeyEvent(step.key))
		if got := text(t, ctx, shown); got != step.want {
			t.Errorf("slider and number are %s, want %s", got, step.want)
		}
	}
	do(t, ctx, "type a number", press(exploreElement("input[type=number]")), chromedp.Evaluate(exploreElement("input[type=number]")+`.select()`, nil), chromedp.KeyEvent("12345"))
	if got := text(t, ctx, shown); got != "12345,12345" {
		t.Errorf("slider and number are %s, want what was typed", got)
	}
}

// runsInPlace moves the slider by mouse and keys, and wants one table and one chart, of the last run, and the focus where
// it was.
func runsInPlace(t *testing.T, ctx context.Context) {
	t.Helper()
	for _, run := range []struct{ key, prime string }{{kb.End, "Prime number 20000 is 224737."}, {kb.Home, "Prime number 0 is 2."}} {
		do(t, ctx, "move the slider", press(exploreElement("input")), chromedp.KeyEvent(run.key))
		do(t, ctx, "press Run", exploreRun)
		got := text(t, ctx, exploreCaption+` + ['table', 'figure', '.mp-explore'].map(e => `+exploreCell+`.querySelectorAll(e).length).join()`)
		if got != run.prime+"2,1,1" {
			t.Errorf("%s tables, charts and panels, want %s and the results, their history with its chart, and one panel", got, run.prime)
		}
		if got := text(t, ctx, exploreFocus); got != "run" {
			t.Errorf("after Run the focus is on %q", got)
		}
	}
}

// keepsRunsForItsNotebook looks into the files of the history: JupyterLab tells the kernel the path of the notebook.
func keepsRunsForItsNotebook(t *testing.T, name string) {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(notebooks, name))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(os.Getenv("MULTIPROCESSING_HISTORY"), "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, file := range files {
		var run struct{ Owner, Name string }
		content, err := os.ReadFile(file)
		if err := errors.Join(err, json.Unmarshal(content, &run)); err != nil {
			t.Fatal(err)
		}
		if run.Name == "explore-of-a-test" && strings.HasPrefix(run.Owner, "notebook\x00") && strings.HasSuffix(run.Owner, "\x00"+path) {
			found++
		}
	}
	if found == 0 {
		t.Errorf("none of %d runs is that of %s", len(files), path)
	}
}

func refusesWhatIsOutOfRange(t *testing.T, ctx context.Context) {
	t.Helper()
	do(t, ctx, "ask for too much",
		chromedp.Evaluate(`(() => { const e = `+exploreElement("input")+`; e.max = 99999; e.value = 20001 })()`, nil), exploreRun)
	if got := text(t, ctx, exploreSaid); !strings.HasPrefix(got, `Not as chosen: start: "20001" is no whole number from 0 to 20000. What follows is with start = 5 `) {
		t.Errorf("the sliders say %q", got)
	}
}

// showsBothThemes keeps a picture of the cell in each.
func showsBothThemes(t *testing.T, ctx context.Context) {
	t.Helper()
	for _, theme := range themes {
		chooseTheme(t, ctx, theme)
		var shot []byte
		do(t, ctx, "take a picture", chromedp.Evaluate(exploreCell+`.scrollIntoView()`, nil), drawn, chromedp.CaptureScreenshot(&shot))
		saveAs(t, "explore-"+strings.ToLower(theme)+".png", shot)
	}
}

// themes of JupyterLab.
var themes = []string{"Light", "Dark"}

// chooseTheme has the system of the browser be light or dark, which JupyterLab follows.
func chooseTheme(t *testing.T, ctx context.Context, theme string) {
	t.Helper()
	prefers := emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: strings.ToLower(theme)}})
	do(t, ctx, "have the theme "+theme, prefers, until(`document.body.dataset.jpThemeName === "JupyterLab `+theme+`"`))
}

func stopsInTheMiddleOfARun(t *testing.T, ctx context.Context) {
	t.Helper()
	var shot []byte
	do(t, ctx, "start a run without an end", chromedp.Evaluate(exploreElement("select")+`.value = 'for ever'`, nil), press(exploreElement("[data-do=run]")),
		until(exploreUsable+` && `+exploreSaid+`.includes('work = for ever')`))
	do(t, ctx, "see its progress", until(exploreCell+`.querySelector('progress') !== null`), chromedp.CaptureScreenshot(&shot))
	saveAs(t, "explore-running.png", shot)
	do(t, ctx, "press Run again, which starts nothing", press(exploreElement("[data-do=run]")), until(exploreSaid+` === 'The cell is still running. Stop ends it.'`))
	do(t, ctx, "press Stop", press(exploreElement("[data-do=stop]")), until(exploreEnded), until(exploreSaid+` === 'Stopped. What follows is not a whole run.'`), drawn, chromedp.CaptureScreenshot(&shot))
	saveAs(t, "explore-ended.png", shot)
	if got := text(t, ctx, exploreFocus); got != "stop" {
		t.Errorf("after Stop the focus is on %q", got)
	}
	do(t, ctx, "press Stop again, which stops nothing", press(exploreElement("[data-do=stop]")), until(exploreSaid+` === 'The cell is not running.'`))
}

// keepsTheChoice wants the sliders where they were put, also when the cell is run in another way.
func keepsTheChoice(t *testing.T, ctx context.Context) {
	t.Helper()
	do(t, ctx, "choose a run with an end", chromedp.Evaluate(`(() => { `+exploreElement("select")+`.value = 'once'; `+exploreElement("input")+`.value = 1234 })()`, nil), exploreRun)
	do(t, ctx, "choose Run > Run All Cells again", chromedp.Evaluate(`window.promptBefore = `+explorePrompt, nil), chooseRunAll(),
		until(explorePrompt+` !== window.promptBefore`), until(promptsDone(3)), until(exploreReady))
	if got := text(t, ctx, exploreCaption+` + `+exploreElement("input")+`.value`); !strings.HasPrefix(got, "Prime number 1234 ") || !strings.HasSuffix(got, ".1234") {
		t.Errorf("the cell shows %q", got)
	}
}

func TestRunDoesNotWaitForSliders(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "out.ipynb")
	if r := kernel(t, nil, "run", filepath.Join("kernel", "testdata", "explore.ipynb"), "-o", out); r.code != 0 {
		t.Fatalf("exit status %d, %q", r.code, r.stderr)
	}
	content, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Prime number 5 is 11.", "This is one run, with "} {
		if n := strings.Count(string(content), want); n != 2 { // as HTML and as plain text
			t.Errorf("%q is there %d times, want 2", want, n)
		}
	}
	if strings.Contains(string(content), "<script") {
		t.Error("a script is left")
	}
}
