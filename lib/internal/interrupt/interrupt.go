// Package interrupt tells long work of an interrupt: Ctrl-C, or the notebook's
// stop button.
package interrupt

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"sync/atomic"
	"time"

	"multiprocessing/internal/envvar"
)

// tick is how often a program in the course's kernel looks whether it was
// interrupted.
const tick = 20 * time.Millisecond

// folder is a setting of the course's kernel, which its programs alone have.
const folder = envvar.Displays

// calls counts the calls of Notify: sliders and what they run have one each.
var calls atomic.Int64

// Notify has an interrupt sent to the channel in place of ending the
// program, until stop is called.
//
// Once package os/signal has been told to notify, Go no longer reports
// deadlocks, even after it was told to stop. In the course's kernel the
// program therefore makes a file, which the kernel removes in place of
// sending a signal.
func Notify() (interrupts <-chan os.Signal, stop func()) {
	c := make(chan os.Signal, 1)
	path := filepath.Join(os.Getenv(folder), fmt.Sprintf("interrupt-%d-%d", os.Getpid(), calls.Add(1)))
	if os.Getenv(folder) != "" && os.WriteFile(path, nil, 0o600) == nil {
		done := make(chan struct{})
		go watch(path, c, done)
		return c, func() {
			close(done)
			_ = os.Remove(path)
		}
	}
	signal.Notify(c, os.Interrupt)
	return c, func() { signal.Stop(c) }
}

func watch(path string, interrupts chan<- os.Signal, done <-chan struct{}) {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		select {
		case <-done:
			return
		case <-ticker.C:
			if _, err := os.Lstat(path); err != nil {
				interrupts <- os.Interrupt
				return
			}
		}
	}
}
