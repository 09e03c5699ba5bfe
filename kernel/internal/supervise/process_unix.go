//go:build unix && !linux

package supervise

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

func adopt() {} // only Linux has subreapers

// detach gives cmd a process group of its own, so that a terminal's Ctrl-C reaches the supervisor alone.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func startAndWait(cmd *exec.Cmd, started chan<- error) error {
	err := cmd.Start()
	started <- err
	if err != nil {
		return err
	}
	return cmd.Wait()
}

func reapOrphans(int) (stop func()) { return func() {} }

func ask(process *os.Process) { _ = process.Signal(syscall.SIGTERM) }

func kill(pid int) { _ = syscall.Kill(pid, syscall.SIGKILL) }

// descendants returns the processes below pid, as ps sees them.
func descendants(pid int) []int {
	ps := exec.Command("ps", "-axo", "pid=,ppid=")
	out, err := ps.Output()
	if err != nil {
		return nil
	}
	parents := map[int]int{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) != 2 {
			continue
		}
		child, _ := strconv.Atoi(fields[0])
		parents[child], _ = strconv.Atoi(fields[1])
	}
	var below []int
	delete(parents, ps.Process.Pid)
	for child := range parents {
		for above := parents[child]; above > 0; above = parents[above] {
			if above == pid {
				below = append(below, child)
				break
			}
		}
	}
	return below
}
