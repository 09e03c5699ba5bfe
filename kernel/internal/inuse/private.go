package inuse

import (
	"os"
	"syscall"
)

// Private reports whether path is a folder, and no link, that belongs to this user and that no other user can change.
// Only in such a folder may a file of a known name be opened below the temporary folder, which all users share.
func Private(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || !info.IsDir() || info.Mode().Perm()&0o022 != 0 {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}
