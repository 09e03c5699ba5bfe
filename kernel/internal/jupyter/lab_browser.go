package jupyter

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"multiprocessing/kernel/internal/setup"
)

// openBrowser opens a page in the reader's own browser, by its file: a URL with a token in it would be on a command line,
// which other users of the machine can read. Python's webbrowser module opens it: that knows BROWSER and each system's own
// way. The browser is the reader's: it stays when lab ends, and a terminal's Ctrl-C does not reach it.
func openBrowser(python, path string) error {
	page := url.URL{Scheme: "file", Path: filepath.ToSlash(path)}
	cmd := exec.Command(python, "-m", "webbrowser", page.String())
	cmd.Env = setup.WithoutPythonSettings(os.Environ())
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { _ = cmd.Wait() }()
	return nil
}
