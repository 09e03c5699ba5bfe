//go:build !unix

package main

import (
	"os"
	"os/exec"
)

// become runs the go command at path and reports how it ended: this system cannot replace a process.
func become(path string, args []string) error {
	cmd := exec.Command(path, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	return cmd.Run()
}
