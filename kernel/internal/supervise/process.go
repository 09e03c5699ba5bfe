package supervise

import (
	"os"
	"syscall"
)

// Process describes a process at the time when it was found.
type Process struct {
	PID, Parent int
	Name        string // name of its program, at most 15 bytes on Linux

	start string // start time, because ids are reused
}

// Interrupt asks the process to stop, as Ctrl-C does.
func (p Process) Interrupt() {
	if process, err := os.FindProcess(p.PID); err == nil {
		_ = process.Signal(os.Interrupt)
	}
}

// Ask asks the process to end, with SIGTERM.
func (p Process) Ask() {
	if process, err := os.FindProcess(p.PID); err == nil {
		_ = process.Signal(syscall.SIGTERM)
	}
}

// Kill kills the process.
func (p Process) Kill() {
	if process, err := os.FindProcess(p.PID); err == nil {
		_ = process.Kill()
	}
}
