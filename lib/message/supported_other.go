//go:build !unix

package message

import (
	"fmt"
	"runtime"
)

// supported returns nil where queues and pipes work between processes. Here
// package process has no workers to which they could be sent.
func supported() error {
	return fmt.Errorf("queues and pipes between processes are not supported on %s; use them between goroutines", runtime.GOOS)
}

func isAlive(int) bool { return true }
