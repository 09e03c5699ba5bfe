// Package usercache makes what cells write to in the user's cache, where the kernel's own folders are read-only: in the
// image, and in a kernel that was installed for every user of the machine.
package usercache

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/internal/folder"
	"multiprocessing/kernel/internal/inuse"
	"multiprocessing/kernel/internal/reason"
)

// BuildCache is the name of Go's build cache in the folder of a kernel for every user.
const BuildCache = "go-build"

// prefix begins the names of the folders that Enter makes, in the course's folder of the user's cache.
const prefix = "kernel-"

// Kept reports whether a folder of that name in the course's folder of the user's cache was made by Enter. It is marked
// as in use (package inuse) while a kernel runs.
func Kept(name string) bool { return len(name) > len(prefix) && name[:len(prefix)] == prefix }

// Enter has this process, and those that it starts, write to a folder of the user's cache instead of to the folder of the
// kernel, if that was installed for every user. If the cache cannot be written, Enter makes a temporary folder, which
// leave removes.
//
// The first time it takes a fraction of a second: it links the compiled packages, see LinkBuildCache.
func Enter() (leave func(), err error) {
	kernel := os.Getenv(envvar.Shared)
	if kernel == "" {
		return func() {}, nil
	}
	own, leave, err := open(kernel)
	if err != nil {
		return nil, fmt.Errorf("making a folder for this user's cells: %w; name a folder that can be written in XDG_CACHE_HOME or TMPDIR", reason.Of(err))
	}
	if err := fill(own, kernel); err != nil {
		leave()
		return nil, fmt.Errorf("making this user's build cache: %w", err)
	}
	os.Setenv("GOCACHE", filepath.Join(own, BuildCache))
	os.Setenv(envvar.OwnCells, filepath.Join(own, "cells"))
	return leave, nil
}

// open returns this user's folder for a kernel, and marks it as in use until leave is called.
func open(kernel string) (own string, leave func(), err error) {
	if cache, err := os.UserCacheDir(); err == nil {
		course := filepath.Join(cache, "multiprocessing")
		removeUnused(course)
		sum := sha256.Sum256([]byte(kernel))
		own = filepath.Join(course, prefix+hex.EncodeToString(sum[:6]))
		if folder.Writable(own) == nil && inuse.Private(own) {
			leave, err = inuse.Mark(own)
			return own, leave, err
		}
	}
	cache, err := os.MkdirTemp("", "multiprocessing-cache-*")
	if err != nil {
		return "", nil, err
	}
	os.Setenv("XDG_CACHE_HOME", cache) // for gopls, and for the history of timings
	return cache, func() { folder.RemoveAll(cache) }, nil
}

// fill links the compiled packages of the kernel. The stamp is written last: if fill is interrupted, the next kernel
// continues.
func fill(own, kernel string) error {
	stamp := filepath.Join(own, "complete")
	if _, err := os.Stat(stamp); err == nil {
		return nil
	}
	if err := os.WriteFile(filepath.Join(own, ofKernel), []byte(kernel), 0o600); err != nil {
		return err
	}
	if err := LinkBuildCache(filepath.Join(kernel, BuildCache), filepath.Join(own, BuildCache)); err != nil {
		return err
	}
	return os.WriteFile(stamp, nil, 0o600)
}

// ofKernel names the file with the path of the folder's kernel.
const ofKernel = "of"

// removeUnused removes the folders of kernels that are gone, for example because a newer version was installed.
func removeUnused(course string) {
	folders, _ := fs.Glob(os.DirFS(course), prefix+"*")
	for _, name := range folders {
		path := filepath.Join(course, name)
		kernel, err := os.ReadFile(filepath.Join(path, ofKernel))
		if err != nil || !inuse.Private(path) {
			continue
		}
		if _, err := os.Stat(string(kernel)); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if release, err := inuse.Claim(path); err == nil {
			_ = inuse.Remove(path, release)
		}
	}
}
