//go:build cgo

package process

import (
	"runtime"
	"time"
)

// watchCallbacks exits the worker if a C thread calls back into Go. The Go
// runtime blocks such a call until package initialization is complete, which
// never happens in a worker whose Register serves. It checks when a request
// has run for a second, and then with twice the delay each time.
func (s *identity) watchCallbacks() {
	const beat = time.Second
	last, wait := uint64(0), beat
	for {
		time.Sleep(wait)
		wait = min(2*wait, time.Minute)
		if now := s.running.Load(); now == 0 || now != last {
			last, wait = now, beat
		} else if callbackWaits() {
			giveUp("a C thread calls back into Go, which is not possible before package initialization is complete; call process.Serve first in main")
		}
	}
}

// callbackWaits reports whether a goroutine is where the Go runtime blocks
// calls of C threads. (That is not part of the runtime's API, but has not
// changed since Go 1.1. If it changes, such a call hangs, as without this
// check.)
func callbackWaits() bool {
	records := make([]runtime.StackRecord, 64)
	n, ok := runtime.GoroutineProfile(records)
	for !ok {
		records = make([]runtime.StackRecord, n+64)
		n, ok = runtime.GoroutineProfile(records)
	}
	for _, r := range records[:n] {
		if waitsForInit(r.Stack()) {
			return true
		}
	}
	return false
}

func waitsForInit(stack []uintptr) bool {
	frames := runtime.CallersFrames(stack)
	called := ""
	for {
		frame, more := frames.Next()
		if frame.Function == "runtime.cgocallbackg1" {
			return called == "runtime.chanrecv1"
		}
		called = frame.Function
		if !more {
			return false
		}
	}
}
