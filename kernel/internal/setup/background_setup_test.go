package setup

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// playsSetUp is a shell script that this test binary runs when it is started as "kernel setup".
const playsSetUp = "SETUP_TEST_PLAYS"

func TestMain(m *testing.M) {
	if script := os.Getenv(playsSetUp); script != "" && len(os.Args) == 2 && os.Args[1] == "setup" {
		panic(syscall.Exec("/bin/sh", []string{"sh", "-c", script}, os.Environ()))
	}
	os.Exit(m.Run())
}

type sharedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *sharedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *sharedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// halfMade is an environment in which JupyterLab lacks two parts, which the script that is returned makes.
func halfMade(t *testing.T) (e *Environment, parts string) {
	t.Helper()
	e = checkout(t)
	if err := e.settingsStep().make(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := e.kernelStep().make(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, stamp := range []string{e.venv.stamp, e.tools.within("front").stamp} {
		parts += "mkdir -p '" + filepath.Dir(stamp) + "' && touch '" + stamp + "' && "
	}
	return e, parts
}

func TestLabStartsBeforeTheSetUpHasEnded(t *testing.T) {
	e, parts := halfMade(t)
	running := filepath.Join(t.TempDir(), "pid")
	t.Setenv(playsSetUp, parts+"echo two parts made && echo $$ >'"+running+"' && exec sleep 1000")
	var out sharedBuffer
	release, err := e.ReadyForLab(t.Context(), &out)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(running); err != nil {
		for range 500 { // the shell is about to write it
			time.Sleep(10 * time.Millisecond)
			if _, err = os.Stat(running); err == nil {
				break
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	release() // it waits for the process
	if got := out.String(); !strings.Contains(got, "JupyterLab starts now. Set-up continues") || !strings.Contains(got, "two parts made") {
		t.Errorf("lab printed %q", got)
	}
}

func TestLabSaysWhySetUpFailed(t *testing.T) {
	e, parts := halfMade(t)
	t.Setenv(playsSetUp, "echo 'kernel: set-up: python: no network' >&2; exit 1")
	if _, err := e.ReadyForLab(t.Context(), &sharedBuffer{}); err == nil || err.Error() != "set-up: python: no network" {
		t.Errorf("before lab could start: %v", err)
	}
	t.Setenv(playsSetUp, parts+"sleep 0.3; echo 'kernel: set-up: gopls: no network' >&2; exit 1")
	var out sharedBuffer
	release, err := e.ReadyForLab(t.Context(), &out)
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); !strings.Contains(out.String(), "gopls: no network"); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("afterwards: lab printed %q", out.String())
		}
	}
	release()
}

func TestAStoppedSetUpEndsLabWithOneLine(t *testing.T) {
	e, _ := halfMade(t)
	t.Setenv(playsSetUp, "exec sleep 1000")
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := e.ReadyForLab(ctx, &sharedBuffer{}); err == nil || !strings.Contains(err.Error(), "the next start continues") {
		t.Errorf("got %v", err)
	}
}
