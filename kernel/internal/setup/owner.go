package setup

import (
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// ownerOf returns the name of the user that a file belongs to, as "user root". It returns "another user" if that cannot be
// found out.
func ownerOf(path string) string {
	info, err := os.Lstat(path)
	if err != nil {
		return "another user"
	}
	return userName(uidOf(info))
}

func userName(uid int) string {
	if found, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return "user " + found.Username
	}
	return fmt.Sprintf("user %d", uid)
}

// uidOf returns the id of the user that a file belongs to, or -1.
func uidOf(info fs.FileInfo) int {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(stat.Uid)
	}
	return -1
}

// mine reports whether a file belongs to this user.
func mine(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && uidOf(info) == os.Geteuid()
}
