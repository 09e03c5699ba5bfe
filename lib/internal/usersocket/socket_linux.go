package usersocket

import (
	"encoding/hex"
	"net"
	"os"
	"syscall"

	"multiprocessing/lib/internal/entropy"
)

// Listen opens a socket with a name that is in no folder: it vanishes with
// the process, however that ends.
func Listen() (net.Listener, string, func(), error) {
	var random [16]byte
	entropy.Read(random[:])
	name := "@multiprocessing-" + hex.EncodeToString(random[:])
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
