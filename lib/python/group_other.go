//go:build !unix

package python

import (
	"os/exec"
	"strconv"
)

func ownGroup(*exec.Cmd) {}

// killGroup ends pid and its children; Windows has no process groups to signal.
func killGroup(pid int) error {
	return exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(pid)).Run()
}
