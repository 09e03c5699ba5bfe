// Package tempfolder makes folders for files that should not outlive their
// program, however that ends.
package tempfolder

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"multiprocessing/lib/internal/ownfolder"
)

const lockName = "in-use"

// Folder is a folder that only this user can read.
type Folder struct {
	Path string
	lock *flock.Flock // locked until this process ends
}

// New makes a folder whose name begins with prefix, and removes those of
// programs that were killed.
func New(prefix string) (*Folder, error) {
	removeOld(prefix)
	path, err := os.MkdirTemp("", prefix)
	if err != nil {
		return nil, err
	}
	f := &Folder{path, flock.New(filepath.Join(path, lockName))}
	if _, err := f.lock.TryLock(); err != nil {
		os.RemoveAll(path)
		return nil, err
	}
	return f, nil
}

// Remove removes the folder with all that is in it.
func (f *Folder) Remove() error {
	err := os.RemoveAll(f.Path)
	return errors.Join(err, f.lock.Unlock())
}

// removeOld removes folders whose program has ended. A new folder may not be
// locked yet, and another user may have created a folder or a link of that
// name.
func removeOld(prefix string) {
	names, _ := fs.Glob(os.DirFS(os.TempDir()), prefix+"*")
	for _, name := range names {
		folder := filepath.Join(os.TempDir(), name)
		info, err := os.Lstat(folder)
		if err != nil || time.Since(info.ModTime()) < time.Minute || !ownfolder.Is(folder) {
			continue
		}
		lock := flock.New(filepath.Join(folder, lockName))
		if free, err := lock.TryLock(); err == nil && free {
			os.RemoveAll(folder)
			lock.Unlock()
		}
	}
}
