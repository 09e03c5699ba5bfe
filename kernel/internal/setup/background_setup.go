package setup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// ReadyForLab is Ready, but returns as soon as JupyterLab can start. Another process of this program, "kernel setup",
// makes the rest and writes to out what it does; kernels wait for it. It ends when ctx ends or release is called. It is a
// process because JupyterLab's supervisor takes every child of this one for its own.
func (e *Environment) ReadyForLab(ctx context.Context, out io.Writer) (release func(), err error) {
	if e.ready() {
		return e.Ready(ctx, out)
	}
	ctx, stop := context.WithCancel(ctx)
	problems := &held{}
	ended, err := startSetUp(ctx, out, problems)
	if err != nil {
		stop()
		return nil, err
	}
	unuse, err := e.useForLab(ctx, ended, problems)
	if err != nil {
		stop()
		<-ended
		return nil, err
	}
	if !e.ready() {
		fmt.Fprintln(out, "JupyterLab starts now. Set-up continues; cells wait for it.")
	}
	problems.passOn(out)
	return func() { stop(); <-ended; unuse() }, nil
}

// useForLab waits until JupyterLab can start, and marks what it needs as in use.
func (e *Environment) useForLab(ctx context.Context, ended <-chan struct{}, said *held) (release func(), err error) {
	for !e.readyForLab() {
		select {
		case <-ended:
			switch {
			case e.readyForLab():
			case ctx.Err() != nil:
				return nil, errors.New("set-up was stopped; the next start continues from there")
			default:
				return nil, errors.New(strings.TrimPrefix(strings.TrimSpace(said.text()), "kernel: "))
			}
		case <-time.After(50 * time.Millisecond):
		}
	}
	unuse, err := e.Use()
	if err != nil {
		return nil, err
	}
	unmark, err := e.markParts()
	if err != nil {
		unuse()
		return nil, err
	}
	return func() { unmark(); unuse() }, nil
}

// startSetUp starts "kernel setup", and closes ended when it has ended.
func startSetUp(ctx context.Context, out, problems io.Writer) (ended <-chan struct{}, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this program: %w", err)
	}
	cmd := exec.CommandContext(ctx, self, "setup")
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	cmd.Stdout, cmd.Stderr = out, problems
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting set-up: %w", err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = cmd.Wait() // its status may have gone to the supervisor
	}()
	return done, nil
}

// held is a writer that keeps what is written until passOn.
type held struct {
	mu   sync.Mutex
	said strings.Builder // guarded by mu
	to   io.Writer       // guarded by mu
}

func (h *held) Write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.to != nil {
		return h.to.Write(b)
	}
	return h.said.Write(b)
}

func (h *held) text() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.said.String()
}

// passOn writes to out what is held and what comes later.
func (h *held) passOn(out io.Writer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.to = out
	io.WriteString(out, h.said.String())
}
