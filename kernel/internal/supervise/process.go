package supervise

import (
	"os"
	"syscall"
)

// Process is a process as it was when it was found.
type Process struct {
	PID, Parent int
	Name        string // of its program, which Linux cuts at 15 bytes

	start string // when it was started: numbers are given anew
}

// Interrupt asks the process to stop, as Ctrl-C does.
func (p Process) Interrupt() {
	if process, err := os.FindProcess(p.PID); err == nil {
		_ = process.Signal(os.Interrupt)
	}
}

// Ask asks the process to end.
func (p Process) Ask() {
	if process, err := os.FindProcess(p.PID); err == nil {
		_ = process.Signal(syscall.SIGTERM)
	}
}

// Kill ends the process.
func (p Process) Kill() {
	if process, err := os.FindProcess(p.PID); err == nil {
		_ = process.Kill()
	}
}
