package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
)

// startLab starts the real lab command, with settings and a cache of its own, and returns its URL, and a function that stops
// it as Ctrl-C does.
func startLab(t *testing.T, settings []string, args ...string) (url string, stop func()) {
	t.Helper()
	if elsewhere := os.Getenv("MULTIPROCESSING_LAB"); elsewhere != "" { // in a container, by the image's tests
		place, token, _ := strings.Cut(elsewhere, "?")
		return strings.TrimSuffix(place, "00-start-here.ipynb") + args[0] + "?" + token, func() {}
	}
	return startLabHere(t, append(settings, ownCache(t)...), args...)
}

// besideOthers has a test with a lab run beside others, where ownCache keeps their settings apart.
func besideOthers(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "linux" {
		t.Parallel()
	}
}

// labs are those that run: there are ten ports for them, and a browser for each takes memory.
var labs = make(chan struct{}, 4)

// startLabHere starts the lab command of this checkout, with settings on top of the environment.
func startLabHere(t *testing.T, settings []string, args ...string) (url string, stop func()) {
	t.Helper()
	labs <- struct{}{}
	t.Cleanup(func() { <-labs })
	cmd := exec.Command(binary, append([]string{"lab", "--no-browser"}, args...)...)
	cmd.Dir = ".."
	cmd.Stderr = os.Stderr
	cmd.Env = append(append(os.Environ(), settings...), labMark(t))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	late := time.AfterFunc(4*time.Minute, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	lines := bufio.NewScanner(out)
	found := regexp.MustCompile(`https?://\S+token=\S+`)
	for url == "" && lines.Scan() {
		url = found.FindString(lines.Text())
	}
	if url == "" {
		t.Fatalf("lab ended without a URL: %v", cmd.Wait())
	}
	return url, func() {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() {
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("lab, stopped by an interrupt: %v, want exit status 0", err)
		}
	}
}

// notebookInLab writes a notebook of cells where JupyterLab finds it, until the test ends, and returns its name.
func notebookInLab(t *testing.T, name string, cells ...string) string {
	t.Helper()
	return copyForLab(t, name, notebook(t, cells...))
}

// inATest ends the names of notebooks that tests make in the course's folder.
const inATest = "-in-a-test.ipynb"

// copyForLab copies a notebook to where JupyterLab finds it, until the test ends, and returns the copy's name.
func copyForLab(t *testing.T, name, from string) string {
	t.Helper()
	content, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	name += inATest
	path := filepath.Join(notebooks, name) // JupyterLab serves that folder only
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(path) })
	withoutCheckpoint(t, path)
	return name
}

// withoutCheckpoint removes, when the test ends, the copy that JupyterLab makes of a notebook when it first saves it,
// if there was none before.
func withoutCheckpoint(t *testing.T, path string) {
	t.Helper()
	folder := filepath.Join(filepath.Dir(path), ".ipynb_checkpoints")
	copied := filepath.Join(folder, strings.TrimSuffix(filepath.Base(path), ".ipynb")+"-checkpoint.ipynb")
	if _, err := os.Stat(copied); errors.Is(err, os.ErrNotExist) {
		t.Cleanup(func() {
			os.Remove(copied)
			os.Remove(folder) // if it is empty
		})
	}
}

// labMark is a setting by which the processes that a test's lab started are known.
func labMark(t *testing.T) string {
	return "MULTIPROCESSING_TEST=" + t.Name() + fmt.Sprint(os.Getpid())
}
