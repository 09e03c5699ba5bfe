package jupyter

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// WhoMayWrite says what to do about a folder that this user cannot write in, most often one that was mounted into a
// container.
func WhoMayWrite(folder string) string {
	for ; folder != filepath.Dir(folder); folder = filepath.Dir(folder) {
		info, err := os.Stat(folder)
		if err != nil {
			continue // it is the one above that cannot be written in
		}
		uid, gid, ok := ownerOf(info)
		switch me := os.Getuid(); {
		case ok && uid == 0 && me != 0: // as one that a container engine has made, because it was not there
			return fmt.Sprintf("%s belongs to root, and this runs as user %d: make the folder yourself before it is mounted, and start the container with --user \"$(id -u):$(id -g)\"", folder, me)
		case ok && uid != me:
			return fmt.Sprintf("%s belongs to user %d, and this runs as user %d: start the container with --user %d:%d, or give the folder to user %d", folder, uid, me, uid, gid, me)
		}
		break
	}
	return fmt.Sprintf("%s is read only: mount a volume there that can be written", folder)
}

// ownerOf returns the user and the group that a file belongs to.
func ownerOf(info fs.FileInfo) (uid, gid int, ok bool) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, false
	}
	return int(stat.Uid), int(stat.Gid), true
}
