package guard

import (
	"context"
	"os/exec"
	"syscall"
	"time"

	"multiprocessing/kernel/internal/process"
)

// supervise starts cmd, waits for it, kills all processes that it has left, even detached ones, and returns cmd's error.
// When ctx ends, it sends cmd SIGTERM, and kills it after grace. A signal to a process group would not reach all:
// JupyterLab gives each kernel its own session.
//
// On Linux every orphan below this process becomes its child, so that all processes can be found from it. Elsewhere
// supervise stores which processes were below the command when ctx ended. It takes every process below this one for cmd's.
func supervise(ctx context.Context, cmd *exec.Cmd, grace time.Duration) error {
	ended := make(chan error, 1)
	started := make(chan error, 1)
	process.Adopt()
	process.Detach(cmd)
	go func() { ended <- process.StartAndWait(cmd, started) }()
	if err := <-started; err != nil {
		return err
	}
	stopReaping := process.ReapOrphans(cmd.Process.Pid)
	defer stopReaping()
	var below []int
	var err error
	select {
	case err = <-ended:
	case <-ctx.Done():
		below = process.Descendants(cmd.Process.Pid)
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case err = <-ended:
		case <-time.After(grace):
			below = append(below, process.Descendants(cmd.Process.Pid)...)
			_ = cmd.Process.Kill()
			err = <-ended
		}
	}
	process.KillBelow(below)
	return err
}
