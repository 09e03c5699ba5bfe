//go:build unix

package guard

import (
	"os/exec"
	"syscall"
)

// apart gives the guard a session of its own.
func apart(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }
