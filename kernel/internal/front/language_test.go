package front

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestGoplsEndsWhenNobodyAsksAndStartsAgain has a gopls that only says, when it is asked, that it is there.
func TestGoplsEndsWhenNobodyAsksAndStartsAgain(t *testing.T) {
	defer func(before time.Duration) { idle = before }(idle)
	idle = 20 * time.Millisecond
	path, err := besideUs(filepath.Join("..", "gopls"))
	if err != nil {
		t.Fatal(err)
	}
	const answer = `{"jsonrpc":"2.0","id":1,"result":{}}`
	program := fmt.Sprintf("#!/bin/sh\nread asked\nprintf 'Content-Length: %d\\r\\n\\r\\n%s'\nexec cat 3>&1 >/dev/null\n", len(answer), answer)
	if err := os.WriteFile(path, []byte(program), 0o700); err != nil {
		t.Fatal(err)
	}
	defer os.Remove(path)
	l := newLanguage(t.TempDir(), nil)
	defer l.close()
	if err := os.Mkdir(filepath.Join(l.folder, "gonb_0"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(l.folder, "gonb_0", "go.mod"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
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
