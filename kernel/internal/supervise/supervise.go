// Package supervise runs a command and, when it ends, kills all processes that it has started, directly or indirectly,
// even detached ones. A signal to a process group would not reach them: JupyterLab gives each kernel its own session, and
// a kernel that is killed leaves its gopls behind.
//
// On Linux the supervisor is a child subreaper: every orphan below it becomes its child, so that all processes can be
// found from it. Elsewhere it stores which processes were below the command when the context ended.
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

// Run starts cmd, waits for it, kills all processes that it has left, and returns cmd's error. When ctx ends, Run sends
// cmd SIGTERM, and kills it after grace. Set the output of cmd to files, not to other writers: a process that cmd leaves
// behind holds the pipe to a writer open.
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

// EndAll kills all processes below this process.
func EndAll() { sweep(nil) }

// sweep kills all processes below this process, and the given ones.
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
