//go:build !unix

package message

import (
	"fmt"
	"runtime"
)

// supported is nil where queues and pipes reach other processes. Package
// process has no workers here that they could be sent to.
func supported() error {
	return fmt.Errorf("queues and pipes between processes are not supported on %s; use them between goroutines", runtime.GOOS)
}

func isAlive(int) bool { return true }
