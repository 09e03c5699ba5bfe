//go:build !unix

// Package ownfolder tells a folder of this user from one that another user has
// put below the temporary folder, which all users share.
package ownfolder

import "os"

// Is reports whether path is a folder, and no link. The temporary folder of
// this system is the user's own.
func Is(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.IsDir()
}
