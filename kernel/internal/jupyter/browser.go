package jupyter

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"multiprocessing/kernel/internal/setup"
)

// browser opens one page in the reader's own browser.
type browser struct {
	page io.WriteCloser
	err  error // why there is none
}

// openOnePage reads a page from descriptor 3 and has Python's webbrowser module open it: that module knows BROWSER and
// each system's own way. If nothing comes, it opens nothing.
const openOnePage = `(read -r page && exec "$0" -m webbrowser "$page") <&3 3<&- >/dev/null 2>&1 &`

// newBrowser starts the process that will open a page. Call it before supervise.Run: what lab starts from then on ends
// with lab, and the browser is the reader's. This process is no child of lab's by then: the shell between them has ended.
func newBrowser(python string) browser {
	read, write, err := os.Pipe()
	if err != nil {
		return browser{err: fmt.Errorf("opening a browser: %w", err)}
	}
	cmd := exec.Command("sh", "-c", openOnePage, python)
	cmd.Env = setup.WithoutPythonSettings(os.Environ())
	cmd.ExtraFiles = []*os.File{read}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // out of reach of the terminal's Ctrl-C
	err = errors.Join(cmd.Run(), read.Close())
	if err != nil {
		write.Close()
		return browser{err: fmt.Errorf("opening a browser: %w", err)}
	}
	return browser{page: write}
}

// open opens a page by its file: a URL with a token in it would be on a command line, which other users of the machine
// can read.
func (b browser) open(path string) error {
	if b.page == nil {
		return b.err
	}
	page := url.URL{Scheme: "file", Path: filepath.ToSlash(path)}
	_, err := fmt.Fprintln(b.page, page.String())
	return errors.Join(err, b.page.Close())
}

// close ends the process if it has opened nothing.
func (b browser) close() {
	if b.page != nil {
		b.page.Close()
	}
}
