package setup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// ReadyForLab is Ready, but returns as soon as JupyterLab can start. The rest is made meanwhile, and kernels wait for it;
// out gets what is done, and why it failed. It stops when ctx ends or release is called.
func (e *Environment) ReadyForLab(ctx context.Context, out io.Writer) (release func(), err error) {
	if e.ready() || e.prepared() { // where all was prepared, Ready first makes caches that can be written
		return e.Ready(ctx, out)
	}
	return e.inBackground(ctx, out, e.Ready)
}

// inBackground calls ready, and returns when JupyterLab can start.
func (e *Environment) inBackground(ctx context.Context, out io.Writer, ready func(context.Context, io.Writer) (func(), error)) (release func(), err error) {
	ctx, cancel := context.WithCancel(ctx)
	var failed error // set before ended is closed
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		var done func()
		if done, failed = ready(ctx, out); failed == nil {
			done()
		}
	}()
	stop := func() { cancel(); <-ended }
	for running := true; running && !e.readyForLab(); {
		select {
		case <-ended:
			running = false
		case <-time.After(50 * time.Millisecond):
		}
	}
	if !e.readyForLab() {
		stopped := ctx.Err() != nil
		if stop(); stopped {
			failed = errors.New("set-up was stopped; the next start continues from there")
		}
		return nil, failed
	}
	unuse, err := e.useForLab()
	if err != nil {
		stop()
		return nil, err
	}
	if !e.ready() {
		fmt.Fprintln(out, "JupyterLab starts now. Set-up continues; cells wait for it.")
	}
	go func() {
		if <-ended; failed != nil && ctx.Err() == nil {
			fmt.Fprintf(out, "kernel: %v\n", failed)
		}
	}()
	return func() { stop(); unuse() }, nil
}

// useForLab marks what JupyterLab needs as in use.
func (e *Environment) useForLab() (release func(), err error) {
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
