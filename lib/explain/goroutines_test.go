package explain

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"runtime/trace"
	"strings"
	"sync"
	"testing"
	"time"

	"multiprocessing/lib/explain/internal/tracefile"
)

// printed returns what a program without a notebook prints.
func printed(t *testing.T, show func()) string {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout := os.Stdout
	os.Stdout = write
	done := make(chan string)
	go func() { text, _ := io.ReadAll(read); done <- string(text) }()
	func() {
		defer func() { os.Stdout = stdout; write.Close() }()
		show()
	}()
	return <-done
}

func sleepers() {
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { time.Sleep(ms) })
	}
	wg.Wait()
}

func TestGoroutinesShowsTextAndTable(t *testing.T) {
	text := printed(t, func() { Goroutines(sleepers, Caption("three that sleep")) })
	for _, want := range []string{" goroutines in ", "explain.sleepers.func1", "sleeps at goroutines_test.go:", "three that sleep", "longest wait"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in:\n%s", want, text)
		}
	}
}

func TestGoroutinesSavesTheTrace(t *testing.T) {
	file, forPerfetto := filepath.Join(t.TempDir(), "run.trace"), filepath.Join(t.TempDir(), "run.json")
	text := printed(t, func() { Goroutines(sleepers, Save(file)); Goroutines(sleepers, Save(forPerfetto)) })
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tracefile.Read(tracefile.Recording{Data: data}); err != nil || !strings.Contains(text, "go tool trace "+file) {
		t.Errorf("%v, %s", err, text)
	}
	data, err = os.ReadFile(forPerfetto)
	if err != nil {
		t.Fatal(err)
	}
	if !json.Valid(data) {
		t.Errorf("got %s", data)
	}
}

func TestATraceThatCannotBeSavedIsNamedBelowThePicture(t *testing.T) {
	text := printed(t, func() { Goroutines(sleepers, Save(filepath.Join(t.TempDir(), "no", "folder"))) })
	if !strings.Contains(text, " goroutines in ") || !strings.Contains(text, "could not be saved") {
		t.Errorf("got %s", text)
	}
}

func TestGoroutinesRunsTheWorkWithoutATrace(t *testing.T) {
	if err := trace.Start(io.Discard); err != nil {
		t.Skip(err)
	}
	defer trace.Stop()
	ran := false
	text := printed(t, func() { Goroutines(func() { ran = true }) })
	if !ran || !strings.Contains(text, "No picture was drawn: another trace is already running") {
		t.Errorf("ran %v: %s", ran, text)
	}
}

func TestAPanicOfTheWorkGoesOn(t *testing.T) {
	defer func() {
		if recover() != "x" {
			t.Error("the panic is gone")
		}
	}()
	Goroutines(func() { panic("x") })
}
