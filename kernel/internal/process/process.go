// Package process finds, signals and ends processes, whatever the operating system: on Linux by /proc, elsewhere by ps.
package process

import (
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// Process describes a process at the time when it was found.
type Process struct {
	PID, Parent int
	Name        string // name of its program, at most 15 bytes on Linux

	start  string // start time, because ids are reused
	zombie bool
}

// Signal sends a signal to the process, and ignores errors.
func (p Process) Signal(s os.Signal) {
	if process, err := os.FindProcess(p.PID); err == nil {
		_ = process.Signal(s)
	}
}

// Stop sends SIGTERM to the process, and kills it if it still runs after grace. It does not wait.
func (p Process) Stop(grace time.Duration) {
	p.Signal(syscall.SIGTERM)
	time.AfterFunc(grace, func() {
		if p.Running() {
			p.Signal(os.Kill)
		}
	})
}

// StartAndWait starts cmd and waits for it. It locks its thread while cmd runs: Linux sends the death signal of Detach when
// the thread that started cmd ends, and Go may end threads at any time.
func StartAndWait(cmd *exec.Cmd, started chan<- error) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := cmd.Start()
	started <- err
	if err != nil {
		return err
	}
	return cmd.Wait()
}

// KillBelow kills all processes below this process, and those with the ids more.
func KillBelow(more []int) {
	for range 50 { // a process that is being killed can still start another
		left := append(Descendants(os.Getpid()), more...)
		more = nil
		if len(left) == 0 {
			return
		}
		for _, pid := range left {
			kill(pid)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
