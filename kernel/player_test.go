package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"multiprocessing/kernel/browsertest"
	"multiprocessing/kernel/internal/setup"
	"multiprocessing/lib/schedules"

	"github.com/chromedp/chromedp"
)

// playCell is a program that loses an update, and breaks in 4 of 6 schedules.
const playCell = "%schedules play\ncount := 0\nvar wg sync.WaitGroup\nfor range 2 { wg.Go(func() { count++ }) }\nwg.Wait()\ncheck(count == 2)"

// JavaScript expressions for a player.
const (
	playSaid  = `(document.querySelector('.mp-play [role=status]')?.textContent ?? '')`
	playScore = `document.querySelector('.mp-play .mp-score').textContent`
	playReady = `document.querySelectorAll('.mp-play [data-move]').length > 0`
	playRows  = `[...document.querySelectorAll('.mp-play [role=row]')].map(e => [...e.querySelectorAll('.mp-box, .mp-values')].map(e => e.textContent).join(' | ')).join('\n')`
	playFocus = `(document.activeElement?.closest('.mp-play') ? document.activeElement.textContent : 'elsewhere')`
)

func playButton(label string) string {
	return `[...document.querySelectorAll('.mp-play button')].find(e => e.textContent.startsWith('` + label + `'))`
}

// TestBrowserLetsTheReaderBeTheScheduler steps through a wrong and a right schedule in JupyterLab, after a reload without
// a kernel, and in a page of nbconvert.
func TestBrowserLetsTheReaderBeTheScheduler(t *testing.T) {
	besideOthers(t)
	browser, name := browsertest.Path(t), notebookInLab(t, "play", playCell)
	address, stop := startLab(t, nil, name)
	ctx, closeBrowser := browsertest.Open(t, browser, 1360, 1150)
	leavesUnasked(ctx)
	do(t, ctx, "open the notebook", chromedp.Navigate(address+"&reset"), until(kernelIsChosen))
	do(t, ctx, "choose Run > Run All Cells", chooseRunAll(), until(promptsDone(1)), until(playReady))
	losesAnUpdate(t, ctx)
	for _, theme := range themes {
		chooseTheme(t, ctx, theme)
		var shot []byte
		do(t, ctx, "take a picture", until(`document.getElementById('jupyterlab-splash') === null`), drawn, chromedp.CaptureScreenshot(&shot))
		saveAs(t, "player-"+strings.ToLower(theme)+".png", shot)
	}
	findsARightSchedule(t, ctx)
	path := filepath.Join(notebooks, name)
	saveNotebook(t, ctx, path, "You are the scheduler")
	do(t, ctx, "shut the kernel down and reload", chromedp.Evaluate(endKernels, nil, awaited), chromedp.Reload(), until(playReady))
	losesAnUpdate(t, ctx)
	do(t, ctx, "open the page of nbconvert", chromedp.Navigate((&url.URL{Scheme: "file", Path: exportHTML(t, path)}).String()), until(playReady))
	losesAnUpdate(t, ctx)
	closeBrowser()
	stop()
	wantNothingLeft(t)
}

// losesAnUpdate lets both goroutines read before they write.
func losesAnUpdate(t *testing.T, ctx context.Context) {
	t.Helper()
	for _, label := range []string{"goroutine 2: read count: 0", "goroutine 3: read count: 0", "goroutine 2: count = 1"} {
		do(t, ctx, "press "+label, press(playButton(label)))
	}
	if got := text(t, ctx, playSaid); got != "Step 3, goroutine 2: count = 1. ⚡ data race on count: nothing orders the two dashed steps." {
		t.Errorf("at the race the player says %q", got)
	}
	if got := text(t, ctx, playFocus); got != "goroutine 3: count = 1" {
		t.Errorf("the focus is on %q, want what can go on", got)
	}
	do(t, ctx, "finish with the keyboard", chromedp.KeyEvent("\r"), chromedp.KeyEvent(" "))
	if got := text(t, ctx, playSaid); got != "✗ check failed at line 6. You broke it. This is schedule 3@2,2@3." {
		t.Errorf("at the end the player says %q", got)
	}
	if got := text(t, ctx, playScore); got != "You broke it in 1 of 1 try." {
		t.Errorf("the score is %q", got)
	}
	want := "values\ncount 0\nread count: 0 | count 0\n⚡ read count: 0 | count 0\n⚡ count = 1 | count 1\ncount = 1 | count 1\nread count: 1 | count 1\n✗ check failed at line 6"
	if got := text(t, ctx, playRows); got != want {
		t.Errorf("the picture is\n%s\nwant\n%s", got, want)
	}
	if got := text(t, ctx, playFocus); got != text(t, ctx, playSaid) {
		t.Errorf("at the end the focus is on %q, want what went wrong", got)
	}
}

// findsARightSchedule goes back to where nothing is lost yet.
func findsARightSchedule(t *testing.T, ctx context.Context) {
	t.Helper()
	for range 4 {
		do(t, ctx, "press Back", press(playButton("Back")))
	}
	if got := text(t, ctx, playFocus+` + ', ' + `+playSaid); got != "Back, Step 1, goroutine 2: read count: 0." {
		t.Errorf("after Back: %q", got)
	}
	for _, label := range []string{"goroutine 2: count = 1", "goroutine 3: read count: 1", "goroutine 3: count = 2", "main: read count: 2"} {
		do(t, ctx, "press "+label, press(playButton(label)))
	}
	got := text(t, ctx, playSaid+` + ' ' + `+playScore)
	if got != "Nothing failed, but there is a data race on count. This is schedule usual. Another schedule breaks the program: can you find it? You broke it in 1 of 2 tries." {
		t.Errorf("at the end the player says %q", got)
	}
	do(t, ctx, "start over", press(playButton("Start over")))
	if got := text(t, ctx, playSaid+` + `+playRows); got != "No step was taken yet.values\ncount 0" {
		t.Errorf("after Start over: %q", got)
	}
}

// TestBrowserSaysInAnUntrustedNotebookHowToPlay opens a notebook that somebody else has run. JupyterLab removes the script
// from what it shows.
func TestBrowserSaysInAnUntrustedNotebookHowToPlay(t *testing.T) {
	besideOthers(t)
	browser := browsertest.Path(t)
	player := schedules.Play(func() {
		n := schedules.NewVar("n", 0)
		schedules.Go(func() { n.Set(1) })
		n.Set(2)
	})
	saved, err := json.Marshal([]any{map[string]any{"output_type": "display_data", "metadata": struct{}{},
		"data": map[string]string{"text/html": player.HTML(), "text/plain": player.Text()}}})
	if err != nil {
		t.Fatal(err)
	}
	path := notebook(t, playCell)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.Replace(content, []byte(`"outputs":[]`), append([]byte(`"outputs":`), saved...), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	address, stop := startLab(t, nil, copyForLab(t, "untrusted", path))
	ctx, closeBrowser := browsertest.Open(t, browser, 1360, 700)
	leavesUnasked(ctx)
	const shown = `(document.querySelector('.jp-OutputArea-output')?.innerText ?? '')`
	do(t, ctx, "open the notebook", chromedp.Navigate(address+"&reset"), until(kernelIsChosen), until(shown+`.includes('You are the scheduler')`))
	var shot []byte
	do(t, ctx, "take a picture", drawn, chromedp.CaptureScreenshot(&shot))
	saveAs(t, "player-untrusted.png", shot)
	if got := text(t, ctx, shown); !strings.Contains(got, "The buttons work in a page that runs scripts. In JupyterLab, run the cell.") || strings.Contains(got, "step 1") {
		t.Errorf("it shows %q", got)
	}
	if got := text(t, ctx, `document.querySelectorAll('.jp-OutputArea-output script, [data-move]').length.toString()`); got != "0" {
		t.Errorf("%s scripts and moves are in the page", got)
	}
	closeBrowser()
	stop()
	wantNothingLeft(t)
}

// exportHTML exports a notebook with its outputs.
func exportHTML(t *testing.T, notebook string) string {
	t.Helper()
	env := setUp(t)
	to := t.TempDir()
	cmd := exec.CommandContext(t.Context(), env.VenvPython(), "-m", "nbconvert", "--to", "html", "--output-dir", to, "--output", "page", notebook)
	cmd.Env = append(setup.WithoutPythonSettings(os.Environ()), "JUPYTER_DATA_DIR="+env.Data())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return filepath.Join(to, "page.html")
}
