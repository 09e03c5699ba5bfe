package complete

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// quickTurn is the turn of a kernel whose connection file is in folder.
func quickTurn(folder string) turn {
	t := newTurn(filepath.Join(folder, "kernel.json"))
	t.tick = time.Millisecond
	return t
}

// withGopls returns a Gopls whose program only says that it is there when it is asked, and then does what a shell
// command does.
func withGopls(t *testing.T, then string) *Gopls {
	t.Helper()
	path := filepath.Join(t.TempDir(), "gopls")
	const answer = `{"jsonrpc":"2.0","id":1,"result":{}}`
	program := fmt.Sprintf("#!/bin/sh\nread -r asked\nprintf 'Content-Length: %d\\r\\n\\r\\n%s'\n%s\n", len(answer), answer, then)
	if err := os.WriteFile(path, []byte(program), 0o700); err != nil {
		t.Fatal(err)
	}
	l := New(path, t.TempDir(), "", nil)
	l.turn = quickTurn(t.TempDir())
	t.Cleanup(l.Close)
	if err := os.Mkdir(filepath.Join(l.folder, "gonb_0"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(l.folder, "gonb_0", "go.mod"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return l
}

// A gopls that hangs reads nothing: what it is told fills the pipe, and whoever writes to it waits.
func TestAGoplsThatHangsDoesNotHoldUpTheEnd(t *testing.T) {
	l := withGopls(t, "exec sleep 1000")
	writes := make(chan struct{})
	l.asking.Go(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if err := l.start(l.ctx); err != nil {
			t.Error(err)
		}
		close(writes)
		if err := l.show(strings.Repeat("x", 1<<20)); err == nil {
			t.Error("it read a text that it cannot have read")
		}
	})
	<-writes
	closed := make(chan struct{})
	go func() { l.Close(); close(closed) }()
	select {
	case <-closed:
	case <-time.After(time.Minute):
		t.Fatal("closing waits for gopls")
	}
}

func TestGoplsEndsWhenNobodyAsksAndStartsAgain(t *testing.T) {
	defer func(before time.Duration) { idle = before }(idle)
	idle = 20 * time.Millisecond
	l := withGopls(t, "exec cat 3>&1 >/dev/null") // with its output open: one that closes it is ended at once
	for range 2 {
		l.mu.Lock()
		err := l.start(t.Context())
		client := l.client
		l.mu.Unlock()
		if err != nil {
			t.Fatal(err)
		}
		for !client.hasExited() {
			time.Sleep(time.Millisecond)
		}
	}
}

func TestOneKernelAtATimeKeepsAGopls(t *testing.T) {
	folder := t.TempDir()
	var kernels []*Gopls
	for range 2 {
		l := withGopls(t, "exec cat 3>&1 >/dev/null")
		l.turn = quickTurn(folder)
		kernels = append(kernels, l)
	}
	ask := func(l *Gopls) *client {
		l.mu.Lock()
		defer l.mu.Unlock()
		if err := l.start(t.Context()); err != nil {
			t.Fatal(err)
		}
		return l.client
	}
	var last *client
	for i := range 6 {
		client := ask(kernels[i%2])
		for last != nil && !last.hasExited() {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(5 * time.Millisecond)
		if client.hasExited() || ask(kernels[i%2]) != client {
			t.Fatal("the kernel whose turn it is has lost its gopls")
		}
		last = client
	}
	for _, l := range kernels {
		l.Close()
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left in Jupyter's folder: %v, %v", left, err)
	}
}

func TestAKernelKeepsItsGoplsWhereNothingCanBeWritten(t *testing.T) {
	l := withGopls(t, "exec cat 3>&1 >/dev/null")
	l.turn = quickTurn(filepath.Join(t.TempDir(), "no such folder"))
	l.mu.Lock()
	err := l.start(t.Context())
	client := l.client
	l.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(20 * time.Millisecond)
	if client.hasExited() {
		t.Error("it has ended")
	}
}
