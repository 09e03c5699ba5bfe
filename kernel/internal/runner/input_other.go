//go:build unix && !linux

package runner

import "os"

// canWatch reports whether the system shows in which system call a process waits. Where it does not, programs have no
// input.
func canWatch() bool { return false }

func waitsForInput(int, *os.File) bool { return false }
