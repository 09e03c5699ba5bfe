//go:build unix && !linux

package message

import (
	"net"
	"os"
	"path/filepath"
)

// listen opens a socket in a new folder that only this user can enter. If
// this process is killed, the folder stays in the temporary folder.
func listen() (net.Listener, string, func(), error) {
	folder, err := os.MkdirTemp("", "message-")
	if err != nil {
		return nil, "", nil, err
	}
	remove := func() { os.RemoveAll(folder) }
	name := filepath.Join(folder, "s")
	l, err := net.Listen("unix", name)
	if err != nil {
		remove()
		return nil, "", nil, err
	}
	return l, name, remove, os.Chmod(name, 0o600)
}

// sameUser is what the folder's permissions guarantee.
func sameUser(net.Conn) bool { return true }
