package python_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"multiprocessing/lib/python"
)

func TestMain(m *testing.M) {
	if os.Getenv("DECK_CHILD") != "" {
		// The program that TestPythonEndsWithAKilledCaller kills.
		_, err := python.Deck(context.Background(), python.Pool, 3_000_000, 4, 2)
		fmt.Println(err)
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}

func needPython(t testing.TB) {
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("no python3 on PATH; install Python 3.8 or later to run this test")
	}
}

var mechanisms = []python.Mechanism{python.Serial, python.Threads, python.Processes, python.Pool}

func TestEveryMechanismGivesTheDecksCounting(t *testing.T) {
	needPython(t)
	// 1, 2, 3, 5, 7, 11, 13, 17, 19, 23: the deck counts 1.
	want := []int{11, 13, 17, 19}
	for _, m := range mechanisms {
		run, err := python.Deck(context.Background(), m, 6, 4, 2)
		if err != nil {
			t.Errorf("%s: %v", m, err)
			continue
		}
		if !slices.Equal(run.Answers, want) {
			t.Errorf("%s: got %v, want %v", m, run.Answers, want)
		}
		if run.Elapsed <= 0 || run.Version == "" || run.StartMethod == "" {
			t.Errorf("%s: the report is incomplete: %+v", m, run)
		}
	}
}

func TestTheDecksOwnAnswers(t *testing.T) {
	needPython(t)
	run, err := python.Deck(context.Background(), python.Pool, 20000, 4, 4)
	if err != nil {
		t.Fatal(err)
	}
	if want := []int{224729, 224737, 224743, 224759}; !slices.Equal(run.Answers, want) {
		t.Errorf("got %v, slide 9 has %v", run.Answers, want)
	}
}

func TestEveryStartMethodWorks(t *testing.T) {
	needPython(t)
	for _, method := range []string{"fork", "spawn", "forkserver"} {
		for _, m := range []python.Mechanism{python.Processes, python.Pool} {
			run, err := python.Deck(context.Background(), m, 6, 2, 2, python.StartMethod(method))
			if err != nil || run.StartMethod != method || !slices.Equal(run.Answers, []int{11, 13}) {
				t.Errorf("%s by %s: got %+v, %v", m, method, run, err)
			}
		}
	}
}

func TestBadInputIsAnErrorThatSaysWhatToDo(t *testing.T) {
	for want, deck := range map[string]func(context.Context) (python.Run, error){
		`unknown mechanism "fibers"; use serial`: func(ctx context.Context) (python.Run, error) { return python.Deck(ctx, "fibers", 1, 1, 1) },
		"start must be at least 1, got 0":        func(ctx context.Context) (python.Run, error) { return python.Deck(ctx, python.Serial, 0, 1, 1) },
		"tasks must be at least 1, got -1":       func(ctx context.Context) (python.Run, error) { return python.Deck(ctx, python.Serial, 1, -1, 1) },
		"workers must be at least 1, got 0":      func(ctx context.Context) (python.Run, error) { return python.Deck(ctx, python.Serial, 1, 1, 0) },
		`unknown start method "x"; use fork`: func(ctx context.Context) (python.Run, error) {
			return python.Deck(ctx, python.Pool, 1, 1, 1, python.StartMethod("x"))
		},
	} {
		_, err := deck(context.Background())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want one with %q", err, want)
		}
	}
}

func TestAMissingPythonIsAnErrorThatSaysWhatToDo(t *testing.T) {
	t.Setenv("MULTIPROCESSING_PYTHON", "")
	t.Setenv("PATH", t.TempDir())
	_, err := python.Deck(context.Background(), python.Serial, 1, 1, 1)
	if err == nil || !strings.Contains(err.Error(), "install Python 3.8 or later") {
		t.Errorf("got %v", err)
	}
	t.Setenv("MULTIPROCESSING_PYTHON", "/no/such/python")
	_, err = python.Deck(context.Background(), python.Serial, 1, 1, 1)
	if err == nil || !strings.Contains(err.Error(), "MULTIPROCESSING_PYTHON") {
		t.Errorf("got %v", err)
	}
}

// fakePython puts a shell script in place of Python.
func fakePython(t *testing.T, body string) {
	path := filepath.Join(t.TempDir(), "python")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("MULTIPROCESSING_PYTHON", path)
}

func TestAFailureCarriesTheLastLineOfStderr(t *testing.T) {
	for body, want := range map[string]string{
		"echo Traceback >&2; echo 'MemoryError: gone' >&2; exit 1": "MemoryError: gone (exit status 1)",
		"exit 3":        "wrote no reason: exit status 3",
		"echo nonsense": `"nonsense\n" is not JSON`,
		"echo 'Python 3.6 is too old, at least 3.8 is needed' >&2; exit 1": "3.8 is needed; name a newer one in MULTIPROCESSING_PYTHON",
	} {
		fakePython(t, body)
		_, err := python.Deck(context.Background(), python.Serial, 1, 1, 1)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "Traceback") {
			t.Errorf("got %v, want an error with %q", err, want)
		}
	}
}

func TestTheScriptIsRemovedAfterwards(t *testing.T) {
	needPython(t)
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	if _, err := python.Deck(context.Background(), python.Pool, 2, 1, 1); err != nil {
		t.Fatal(err)
	}
	fakePython(t, "exit 1")
	if _, err := python.Deck(context.Background(), python.Pool, 2, 1, 1); err == nil {
		t.Fatal("want an error")
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestCancelingEndsAllProcesses(t *testing.T) {
	needPython(t)
	for _, m := range mechanisms {
		dir := t.TempDir()
		t.Setenv("TMPDIR", dir) // the script's path tells our processes from others
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error)
		go func() {
			_, err := python.Deck(ctx, m, 3_000_000, 4, 2)
			done <- err
		}()
		await(t, "Python to start", func() bool { return running(dir) > 1 })
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want context.Canceled", m, err)
		}
		await(t, "all processes to end", func() bool { return running(dir) == 0 })
	}
}

func TestPythonEndsWithAKilledCaller(t *testing.T) {
	needPython(t)
	dir := t.TempDir()
	caller := exec.Command(os.Args[0])
	caller.Env = append(os.Environ(), "DECK_CHILD=1", "TMPDIR="+dir)
	if err := caller.Start(); err != nil {
		t.Fatal(err)
	}
	await(t, "Python to start", func() bool { return running(dir) > 1 })
	_ = caller.Process.Signal(syscall.SIGKILL)
	_ = caller.Wait()
	await(t, "all processes to end", func() bool { return running(dir) == 0 })
}

// running counts the processes whose command line names dir.
func running(dir string) int {
	found, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	n := 0
	for _, f := range found {
		if line, err := os.ReadFile(f); err == nil && strings.Contains(string(line), dir) {
			n++
		}
	}
	return n
}

func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	if _, err := os.Stat("/proc/self/cmdline"); err != nil {
		t.Skip("this test reads /proc, which this system does not have")
	}
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("waited 30 s for %s", what)
}

func BenchmarkDeck(b *testing.B) {
	needPython(b)
	for b.Loop() {
		if _, err := python.Deck(context.Background(), python.Serial, 1, 1, 1); err != nil {
			b.Fatal(err)
		}
	}
}
