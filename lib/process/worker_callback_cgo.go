//go:build cgo

package process

import (
	"runtime"
	"time"
)

// watchCallbacks exits if a thread of C calls back into Go: there it waits
// until package initialization is complete, which never comes in a worker
// whose Register serves. It looks when a request has run for a second, and
// then half as often as before.
func (s *identity) watchCallbacks() {
	const beat = time.Second
	last, wait := uint64(0), beat
	for {
		time.Sleep(wait)
		wait = min(2*wait, time.Minute)
		if now := s.running.Load(); now == 0 || now != last {
			last, wait = now, beat
		} else if callbackWaits() {
			giveUp("a thread of C calls back into Go, which is not possible before package initialization is complete; call process.Serve first in main")
		}
	}
}

// callbackWaits reports whether a goroutine is where the Go runtime has calls
// of C threads wait. (That is not an interface of the runtime, but it has been
// so since Go 1.1; if it changes, a call hangs as it would without this.)
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
