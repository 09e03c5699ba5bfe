//go:build unix && !linux

package process

import (
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// Adopt does nothing: only Linux has subreapers.
func Adopt() {}

// Detach gives cmd its own process group, so that a terminal's Ctrl-C does not reach it.
func Detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// ReapOrphans does nothing: orphans do not become children of this process.
func ReapOrphans(int) (stop func()) { return func() {} }

func kill(pid int) { _ = syscall.Kill(pid, syscall.SIGKILL) }

// Descendants returns the ids of the processes below pid.
func Descendants(pid int) []int {
	var below []int
	for _, p := range Below(pid) {
		below = append(below, p.PID)
	}
	return below
}

// Below returns the processes below pid, parents before children, as ps lists them.
func Below(pid int) []Process {
	ps := exec.Command("ps", "-axo", psColumns)
	out, err := ps.Output()
	if err != nil {
		return nil
	}
	children := map[int][]Process{}
	for _, p := range parsePS(string(out)) {
		if p.PID != ps.Process.Pid {
			children[p.Parent] = append(children[p.Parent], p)
		}
	}
	return walk(children, pid)
}

func walk(children map[int][]Process, pid int) []Process {
	var found []Process
	for _, p := range children[pid] {
		found = append(append(found, p), walk(children, p.PID)...)
	}
	return found
}

// From returns the processes whose program is in folder, as ps lists them.
func From(folder string) []Process {
	out, err := exec.Command("ps", "-axo", "pid=,comm=").Output()
	if err != nil {
		return nil
	}
	var found []Process
	for line := range strings.Lines(string(out)) {
		number, program, _ := strings.Cut(strings.TrimSpace(line), " ")
		pid, err := strconv.Atoi(number)
		if program = strings.TrimSpace(program); err == nil && strings.HasPrefix(program, folder+"/") {
			found = append(found, Process{PID: pid, Name: filepath.Base(program)})
		}
	}
	return found
}

// Running reports whether a process with this id runs.
func (p Process) Running() bool { return syscall.Kill(p.PID, 0) == nil }

// Setting returns false, because this system does not show the environment of other processes.
func (p Process) Setting(string) (string, bool) { return "", false }
