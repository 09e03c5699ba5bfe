package image

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"multiprocessing/kernel/browsertest"

	"github.com/chromedp/chromedp"
)

func inBrowser(t *testing.T, ctx context.Context, what string, actions ...chromedp.Action) {
	t.Helper()
	step, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := chromedp.Run(step, actions...); err != nil {
		var text string
		look, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		_ = chromedp.Run(look, chromedp.Evaluate(`location + " " + document.body.innerText.slice(0, 2000)`, &text))
		t.Fatalf("to %s: %v; the page says %q", what, err, text)
	}
}

// until waits until a JavaScript expression is true, on whichever page the browser has come to by then.
func until(expression string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		for ctx.Err() == nil {
			var holds bool
			if err := chromedp.Evaluate("Boolean("+expression+")", &holds).Do(ctx); err == nil && holds {
				return nil
			}
			select {
			case <-ctx.Done():
			case <-time.After(200 * time.Millisecond):
			}
		}
		return ctx.Err()
	})
}

// enterToken fills in the log-in page.
func enterToken(token string) chromedp.Action {
	return chromedp.Tasks{
		until(`document.querySelector('#login_submit') !== null`),
		chromedp.Evaluate(fmt.Sprintf(`document.querySelector('#password_input').value = %q; document.querySelector('#login_submit').click()`, token), nil),
	}
}

func theBrowserLogsInWithTheTokenOnly(t *testing.T, l lab) {
	ctx, _ := browsertest.Open(t, browsertest.Path(t), 1360, 1150)
	inBrowser(t, ctx, "be asked for the token", chromedp.Navigate(l.base+l.page), until(`location.pathname === '/login'`))
	inBrowser(t, ctx, "be refused with a wrong one", enterToken(l.token+"x"), until(`document.body.innerText.includes('Invalid credentials')`))
	inBrowser(t, ctx, "be let in with the right one", enterToken(l.token), until(`location.pathname.startsWith('/lab') && document.querySelectorAll('.jp-Notebook .jp-Cell').length > 0`))
}

const hostile = `{"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": {"name": "gonb", "display_name": "Go"}, "language_info": {"name": "go"}},
"cells": [{"cell_type": "code", "id": "a", "source": "", "execution_count": 1, "metadata": {"trusted": true}, "outputs": [
 {"output_type": "display_data", "metadata": {}, "data": {"text/html": "<b id=harmless>harmless</b><script>window.attacked = 'script'</script><img src=x onerror=\"window.attacked = 'onerror'\"><svg onload=\"window.attacked = 'onload'\"></svg>"}},
 {"output_type": "display_data", "metadata": {}, "data": {"image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg' onload=\"window.attacked = 'svg'\"><script>window.attacked = 'svg script'</script></svg>"}},
 {"output_type": "display_data", "metadata": {}, "data": {"application/javascript": "window.attacked = 'javascript'"}}]},
 {"cell_type": "markdown", "id": "b", "metadata": {}, "source": "end<img src=x onerror=\"window.attacked = 'markdown'\">"}]}`

func aNotebookFromElsewhereRunsNoScript(t *testing.T, l lab) {
	ctx, _ := browsertest.Open(t, browsertest.Path(t), 1360, 1150)
	l.inside(t, "sh", "-c", "cat >notebooks/hostile.ipynb <<'END'\n"+hostile+"\nEND")
	inBrowser(t, ctx, "open it", chromedp.Navigate(l.base+"/lab/tree/hostile.ipynb?reset&token="+l.token),
		until(`document.querySelector('.jp-OutputArea') !== null && document.querySelector('.jp-OutputArea').textContent.includes('harmless') && document.querySelector('.jp-RenderedMarkdown') !== null`),
		chromedp.Sleep(2*time.Second)) // what would run has run by now
	var attacked string
	inBrowser(t, ctx, "look", chromedp.Evaluate(`window.attacked ?? ''`, &attacked))
	if attacked != "" {
		t.Errorf("its %s ran", attacked)
	}
	for path, want := range map[string]bool{"hostile.ipynb": false, "01-why-parallel.ipynb": true, "solutions/05-primes-solution.ipynb": true} {
		if got := trusted(t, l, path); got != want {
			t.Errorf("JupyterLab trusts %s: %v, want %v", path, got, want)
		}
	}
	if strings.Count(l.output(), l.token) != 1 {
		t.Errorf("the token is in the log more than once:\n%s", l.output())
	}
}

// trusted tells whether JupyterLab trusts the outputs of a notebook.
func trusted(t *testing.T, l lab, path string) bool {
	t.Helper()
	var book struct {
		Content struct {
			Cells []struct {
				CellType string `json:"cell_type"`
				Metadata struct{ Trusted bool }
			}
		}
	}
	decode(t, call(t, l, http.MethodGet, "/api/contents/"+path, ""), &book)
	all := len(book.Content.Cells) > 0
	for _, cell := range book.Content.Cells {
		all = all && (cell.CellType != "code" || cell.Metadata.Trusted)
	}
	return all
}

// The kernel command's own test in a browser, against the container.
func theBrowserRunsThePrimesNotebook(t *testing.T, l lab) {
	cmd := exec.Command("go", "test", "-count=1", "-timeout", "8m", "-run", "^TestBrowserRunsThePrimesNotebook$", "-v", "./kernel")
	cmd.Dir = ".."
	cmd.Env = append(os.Environ(), "MULTIPROCESSING_LAB="+l.base+l.page+"?token="+l.token)
	began := time.Now()
	out, err := cmd.CombinedOutput()
	if strings.Contains(string(out), "--- SKIP: TestBrowserRunsThePrimesNotebook") {
		t.Skipf("%s", out)
	}
	if err != nil {
		t.Errorf("%v:\n%s", err, out)
	} else if !strings.Contains(string(out), "--- PASS: TestBrowserRunsThePrimesNotebook") {
		t.Errorf("it did not run:\n%s", out)
	}
	t.Log(time.Since(began))
}
