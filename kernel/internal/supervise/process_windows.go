package supervise

import (
	"os"
	"os/exec"
	"strconv"
)

func adopt() {} // only Linux has subreapers

func detach(*exec.Cmd) {}

func startAndWait(cmd *exec.Cmd, started chan<- error) error {
	err := cmd.Start()
	started <- err
	if err != nil {
		return err
	}
	return cmd.Wait()
}

func reapOrphans(int) (stop func()) { return func() {} }

// ask ends the process and what it started: Windows has no signal to ask with.
func ask(process *os.Process) {
	_ = exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(process.Pid)).Run()
}

func kill(pid int) {
	if process, err := os.FindProcess(pid); err == nil {
		_ = process.Kill()
	}
}

func descendants(int) []int { return nil }

// Below is not known on this system.
func Below(int) []Process { return nil }

// Running tells whether a process has the number.
func (p Process) Running() bool { _, err := os.FindProcess(p.PID); return err == nil }

// Setting is not known on this system.
func (p Process) Setting(string) (string, bool) { return "", false }
