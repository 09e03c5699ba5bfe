//go:build !unix

package usersocket

import (
	"fmt"
	"net"
	"runtime"
)

// Listen always returns an error here.
func Listen() (net.Listener, string, func(), error) {
	return nil, "", nil, fmt.Errorf("sockets between processes are not supported on %s", runtime.GOOS)
}

// SameUser is false: there are no such connections here.
func SameUser(net.Conn) bool { return false }
