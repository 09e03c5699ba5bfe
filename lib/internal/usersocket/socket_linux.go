package usersocket

import (
	"crypto/rand"
	"net"
	"os"
	"syscall"
)

// Listen opens a socket with a name that is in no folder: it vanishes with
// the process, however that ends.
func Listen() (net.Listener, string, func(), error) {
	name := "@multiprocessing-" + rand.Text()
	l, err := net.Listen("unix", name)
	return l, name, func() {}, err
}

// SameUser reports whether the process at the other side belongs to the user
// of this one. The kernel knows.
func SameUser(conn net.Conn) bool {
	raw, err := conn.(*net.UnixConn).SyscallConn()
	if err != nil {
		return false
	}
	same := false
	raw.Control(func(fd uintptr) {
		other, err := syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED)
		same = err == nil && int(other.Uid) == os.Geteuid()
	})
	return same
}
