package inuse

import (
	"os"
	"syscall"
)

// Private reports whether path is a folder, not a link, that belongs to this user and that no other user can change. A
// program may open a file with a known name below the temporary folder, which all users share, only in such a folder.
func Private(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || !info.IsDir() || info.Mode().Perm()&0o022 != 0 {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}
