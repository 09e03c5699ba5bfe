//go:build unix

package message

import (
	"os"
	"syscall"
)

func stopSignal() (os.Signal, bool) { return syscall.SIGSTOP, true }
