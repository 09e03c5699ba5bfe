//go:build unix && !linux

package runner

import "os"

// canWatch reports whether the system says what a process waits for. Where it does not, programs have no input.
func canWatch() bool { return false }

func waitsForInput(int, *os.File) bool { return false }
