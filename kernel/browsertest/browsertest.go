// Package browsertest starts Chromium for tests.
package browsertest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Path finds Chromium; without it the test is skipped, except in CI, where everything must be there
// unless WITHOUT_BROWSER says that it cannot.
func Path(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const how = "no Chromium on PATH: install it (on Debian and Ubuntu: apt install chromium) to test in a browser"
	if os.Getenv("CI") != "" && os.Getenv("WITHOUT_BROWSER") == "" {
		t.Fatal(how)
	}
	t.Skip(how)
	return ""
}

// Open starts the Chromium at path with a window of that size. It ends with the test, or when it is closed.
func Open(t *testing.T, path string, width, height int, more ...chromedp.ExecAllocatorOption) (ctx context.Context, closeBrowser func()) {
	t.Helper()
	// A folder of its own for what Chromium leaves in the temporary folder. Its name is short: there is a socket in it.
	temp, err := os.MkdirTemp("", "browser-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for range 100 { // what Chromium has started may still write for a moment
			if err = os.RemoveAll(temp); err == nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
		t.Error(err)
	})
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.WindowSize(width, height), chromedp.NoSandbox,
		chromedp.Flag("disable-component-update", true),
		chromedp.Env("TMPDIR="+temp), chromedp.UserDataDir(filepath.Join(temp, "profile")))
	// Not t.Context(), with whose end the browser would be killed: what it has started may write into the folder once more
	// after that was removed.
	ctx, endProcess := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), append(options, more...)...)
	ctx, endTab := chromedp.NewContext(ctx)
	t.Cleanup(func() { endTab(); endProcess() })
	if err := start(ctx); err != nil {
		t.Fatal("to start the browser:", err)
	}
	closeBrowser = sync.OnceFunc(func() {
		ending, cancel := context.WithTimeout(ctx, closeTime)
		defer cancel()
		if err := chromedp.Cancel(ending); err != nil {
			t.Error("to close the browser:", err)
		}
	})
	t.Cleanup(closeBrowser)
	return ctx, closeBrowser
}

// closeTime is how long the browser may take to close itself, before it is killed.
const closeTime = 10 * time.Second

// start starts the browser, which ends with ctx. It keeps a thread until then: chromedp has Linux kill the browser when
// the thread that started it ends, and Go ends threads as it likes.
func start(ctx context.Context) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		// A page without a window is told that it has the focus, as a reader's has: else JupyterLab takes no document as
		// the current one, and its table of contents is empty.
		started <- chromedp.Run(ctx, emulation.SetFocusEmulationEnabled(true))
		<-ctx.Done()
	}()
	return <-started
}
