//go:build !linux

package complete

import "os/exec"

// lowerPriority does nothing on this system.
func lowerPriority(int) {}

// killWithParent does nothing on this system: a server exits at the end of its input.
func killWithParent(*exec.Cmd) {}
