package setup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"
)

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

// halfMade is an environment in which JupyterLab lacks two parts, which the function that is returned makes.
func halfMade(t *testing.T) (e *Environment, parts func()) {
	t.Helper()
	e = checkout(t)
	if err := e.settingsStep().make(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := e.kernelStep().make(t.Context()); err != nil {
		t.Fatal(err)
	}
	return e, func() {
		for _, p := range []part{e.venv, e.tools.within("front")} {
			if err := p.make(func(string) error { return nil }); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestLabStartsBeforeTheSetUpHasEnded(t *testing.T) {
	e, parts := halfMade(t)
	var out sharedBuffer
	ended := false
	release, err := e.inBackground(t.Context(), &out, func(ctx context.Context, out io.Writer) (func(), error) {
		parts()
		fmt.Fprintln(out, "two parts made")
		<-ctx.Done()
		ended = true
		return nil, ctx.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	release() // it waits for the end
	if !ended {
		t.Error("set-up goes on after lab has ended")
	}
	if got := out.String(); !strings.Contains(got, "JupyterLab starts now. Set-up continues") || !strings.Contains(got, "two parts made") || strings.Contains(got, "canceled") {
		t.Errorf("lab printed %q", got)
	}
}

func TestLabSaysWhySetUpFailed(t *testing.T) {
	e, parts := halfMade(t)
	_, err := e.inBackground(t.Context(), &sharedBuffer{}, func(context.Context, io.Writer) (func(), error) {
		return nil, errors.New("set-up: python: no network")
	})
	if err == nil || err.Error() != "set-up: python: no network" {
		t.Errorf("before lab could start: %v", err)
	}
	var out sharedBuffer
	started := make(chan struct{})
	release, err := e.inBackground(t.Context(), &out, func(context.Context, io.Writer) (func(), error) {
		parts()
		<-started
		return nil, errors.New("set-up: gopls: no network")
	})
	if err != nil {
		t.Fatal(err)
	}
	close(started)
	for deadline := time.Now().Add(time.Minute); !strings.Contains(out.String(), "kernel: set-up: gopls: no network\n"); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("afterwards: lab printed %q", out.String())
		}
	}
	release()
}

func TestAStoppedSetUpEndsLabWithOneLine(t *testing.T) {
	e, _ := halfMade(t)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	_, err := e.inBackground(ctx, &sharedBuffer{}, func(ctx context.Context, _ io.Writer) (func(), error) {
		<-ctx.Done()
		return nil, ctx.Err()
	})
	if err == nil || !strings.Contains(err.Error(), "the next start continues") {
		t.Errorf("got %v", err)
	}
}
