package front

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// withGopls returns a language whose gopls only says that it is there when it is asked, and then does what a shell command does.
func withGopls(t *testing.T, then string) *language {
	t.Helper()
	path, err := besideUs(filepath.Join("..", "gopls"))
	if err != nil {
		t.Fatal(err)
	}
	const answer = `{"jsonrpc":"2.0","id":1,"result":{}}`
	program := fmt.Sprintf("#!/bin/sh\nread -r asked\nprintf 'Content-Length: %d\\r\\n\\r\\n%s'\n%s\n", len(answer), answer, then)
	if err := os.WriteFile(path, []byte(program), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(path) })
	l := newLanguage(t.TempDir(), nil)
	t.Cleanup(l.close)
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
	go func() { l.close(); close(closed) }()
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
		for !client.Closed() {
			time.Sleep(time.Millisecond)
		}
	}
}
