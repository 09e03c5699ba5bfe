package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestAKernelThatDiesIsReported(t *testing.T) {
	t.Parallel()
	const killGoNB = "!kill -9 $(cut -d' ' -f4 /proc/$PPID/stat || ps -o ppid= $PPID)\n!sleep 60" // it has started the runner, whose child the shell is
	source := notebook(t, "%%\nfmt.Println(1)", killGoNB)
	r := kernel(t, nil, "run", source)
	if r.code != 1 || !strings.Contains(r.stderr, source+": cell 2") || !strings.Contains(r.stderr, "kernel died") {
		t.Errorf("exit status %d, %q; want 1 and that the kernel died", r.code, r.stderr)
	}
}

// A kernel that stands still, as one does that the system has stopped, answers nobody any more: also not who asks it to end.
func TestAKernelThatHangsIsReportedAndLeavesNothingRunning(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("looks for processes in /proc")
	}
	folder := t.TempDir()
	stopped, out := filepath.Join(folder, "front-is-stopped"), filepath.Join(folder, "out.ipynb")
	source := notebook(t, "!echo 1", fmt.Sprintf(stopsItsFront, stopped))
	mark := "KERNEL_TEST_RUN=" + folder
	temp := t.TempDir()
	r := kernel(t, []string{mark, "TMPDIR=" + temp}, "run", "--timeout", "5s", source, "-o", out)
	r.wantError(t, source+": cell 2", "took longer than 5s", "--timeout")
	if got := stdout(t, out); !strings.Contains(strings.Join(got, ""), "1\n") {
		t.Errorf("the first cell's output is lost: %q", got)
	}
	if _, err := os.Stat(stopped); err != nil {
		t.Errorf("the kernel was never stopped: %v", err)
	}
	wantNoneWith(t, mark)
	if left, err := os.ReadDir(temp); err != nil || len(left) != 0 {
		t.Errorf("left in the temporary folder: %v, %v", left, err)
	}
}

// stopsItsFront is a cell that stops the front, the nearest program above it that runs from a file called front, and then
// makes a file.
const stopsItsFront = `!p=$PPID; until [ "$(basename "$(readlink /proc/$p/exe)")" = front ]; do p=$(cut -d' ' -f4 /proc/$p/stat); done; kill -STOP $p && touch %q; sleep 3600`

func TestAStoppedRunKeepsWhatItHasAndLeavesNothingRunning(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("looks for processes in /proc")
	}
	folder := t.TempDir()
	marker, out := filepath.Join(folder, "cell-is-running"), filepath.Join(folder, "notebook.ipynb")
	source := notebook(t, "%%\nfmt.Println(1)", fmt.Sprintf("%%%%\nfmt.Println(\"begun\")\ntime.Sleep(time.Second) // on its way to the notebook\nos.WriteFile(%q, nil, 0o600)\ntime.Sleep(time.Hour)", marker))
	second := filepath.Join(filepath.Dir(source), "second.ipynb")
	if err := os.Link(source, second); err != nil {
		t.Fatal(err)
	}
	mark := "KERNEL_TEST_RUN=" + folder
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, "run", source, second, "-o", folder)
	cmd.Dir = ".."
	temp := t.TempDir()
	cmd.Env = append(os.Environ(), mark, "TMPDIR="+temp)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the second cell to run", func() bool { _, err := os.Stat(marker); return err == nil })
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != 1 || !strings.Contains(stderr.String(), source+": stopped") || !strings.HasSuffix(stderr.String(), "\nnot started: "+second+"\n") {
		t.Errorf("%v, %q; want exit status 1, that the run was stopped, and what was not started", err, stderr.String())
	}
	if got := stdout(t, out); !slices.Equal(got, []string{"1\n", "begun\n"}) {
		t.Errorf("the cells' output is lost: %q", got)
	}
	wantRows(t, results(t, folder), []string{source + "|||stopped", second + "|||not started"})
	wantNoneWith(t, mark)
	if left, err := os.ReadDir(temp); err != nil || len(left) != 0 {
		t.Errorf("left in the temporary folder: %v, %v", left, err)
	}
}

func TestTheTemporaryFoldersOfAKilledRunAreRemovedByTheNext(t *testing.T) {
	t.Parallel()
	temp := t.TempDir()
	marker := filepath.Join(t.TempDir(), "cell-is-running")
	cmd := exec.Command(binary, "run", notebook(t, fmt.Sprintf("!touch %q; sleep 3600", marker)))
	cmd.Dir, cmd.Env = "..", append(os.Environ(), "TMPDIR="+temp)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the cell to run", func() bool { _, err := os.Stat(marker); return err == nil })
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	waitFor(t, "the next run to leave nothing", func() bool { // what the killed one started is still being stopped
		if r := kernel(t, []string{"TMPDIR=" + temp}, "run", notebook(t, "!echo 1")); r.code != 0 {
			t.Fatalf("exit status %d, %q", r.code, r.stderr)
		}
		return len(namesIn(t, temp)) == 0
	})
}

func TestARunThatIsStoppedBeforeItBeginsNamesWhatWasNotStarted(t *testing.T) {
	t.Parallel()
	asked := filepath.Join(t.TempDir(), "asked")
	python := filepath.Join(t.TempDir(), "python")
	if err := os.WriteFile(python, []byte("#!/bin/sh\ntouch '"+asked+"'\nexec sleep 1000\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	first, second := notebook(t, "%%\nfmt.Println(1)"), notebook(t, "%%\nfmt.Println(2)")
	cmd := exec.Command(binary, "run", first, second)
	cmd.Dir, cmd.Env = "..", append(os.Environ(), "MULTIPROCESSING_PYTHON="+python)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "Python to be asked for its version", func() bool { _, err := os.Stat(asked); return err == nil })
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil || stderr.String() != "kernel: run: stopped; not started: "+first+", "+second+"\n" {
		t.Errorf("%v, %q", err, stderr.String())
	}
}
