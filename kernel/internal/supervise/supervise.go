// Package supervise runs a command so that nothing of it is left when it ends: not the processes that it started, nor
// those that they started, however they were detached. JupyterLab gives each kernel a session of its own, and a kernel
// that is killed leaves its gopls behind; a signal to a process group reaches neither.
//
// On Linux the supervisor is a child subreaper, so that every orphan below it becomes its child and is found by walking
// down from it. Elsewhere it remembers which processes were below the command when it was told to stop.
//
// The supervisor owns every process below it: use it only in a program that starts no other children meanwhile.
package supervise

import (
	"context"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// Run starts cmd and returns its error when it and all that it started have ended. When ctx ends, cmd is asked to end
// (SIGTERM), and killed after grace. Give cmd files for its output, not other writers: a process that
// cmd leaves behind holds the pipe to a writer open.
func Run(ctx context.Context, cmd *exec.Cmd, grace time.Duration) error {
	ended := make(chan error, 1)
	started := make(chan error, 1)
	adopt()
	detach(cmd)
	go func() { ended <- startAndWait(cmd, started) }()
	if err := <-started; err != nil {
		return err
	}
	stopReaping := reapOrphans(cmd.Process.Pid)
	defer stopReaping()
	var below []int
	var err error
	select {
	case err = <-ended:
	case <-ctx.Done():
		below = descendants(cmd.Process.Pid)
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case err = <-ended:
		case <-time.After(grace):
			below = append(below, descendants(cmd.Process.Pid)...)
			_ = cmd.Process.Kill()
			err = <-ended
		}
	}
	sweep(below)
	return err
}

// Adopt makes orphans below this process its children, on Linux, so that EndAll finds them.
func Adopt() { adopt() }

// EndAll kills all that is below this process.
func EndAll() { sweep(nil) }

// sweep kills what is left below this process, and those of the remembered processes that still run.
func sweep(below []int) {
	for range 50 { // a process that is being killed can still start another
		left := append(descendants(os.Getpid()), below...)
		below = nil
		if len(left) == 0 {
			return
		}
		for _, pid := range left {
			kill(pid)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
