//go:build unix

package python

import (
	"os/exec"
	"syscall"
)

// ownGroup starts cmd in a process group of its own, which its children join,
// so that one signal reaches all of them.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}

func killGroup(pid int) error {
	return syscall.Kill(-pid, syscall.SIGKILL)
}
