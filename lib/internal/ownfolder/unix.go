//go:build unix

// Package ownfolder tells a folder of this user from one that another user has
// put below the temporary folder, which all users share.
package ownfolder

import (
	"os"
	"syscall"
)

// Is reports whether path is a folder, and no link, that belongs to this user
// and that no other user can change.
func Is(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || !info.IsDir() || info.Mode().Perm()&0o022 != 0 {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}
