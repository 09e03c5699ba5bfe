package cluster

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"multiprocessing/lib/internal/ownfolder"
)

const (
	folderPrefix = "multiprocessing-cluster-"
	lockName     = "in-use"
)

// folder holds the files of servers. Only this user can read it.
type folder struct {
	path string
	lock *flock.Flock // locked until this process ends
}

// newFolder creates a folder, and removes those of programs that were killed.
func newFolder() (*folder, error) {
	removeOld()
	path, err := os.MkdirTemp("", folderPrefix)
	if err != nil {
		return nil, err
	}
	f := &folder{path, flock.New(filepath.Join(path, lockName))}
	if _, err := f.lock.TryLock(); err != nil {
		os.RemoveAll(path)
		return nil, err
	}
	return f, nil
}

func (f *folder) remove() error {
	err := os.RemoveAll(f.path)
	return errors.Join(err, f.lock.Unlock())
}

// removeOld removes folders whose program has ended. A new folder may not be
// locked yet, and another user may have created a folder or a link of that
// name.
func removeOld() {
	names, _ := fs.Glob(os.DirFS(os.TempDir()), folderPrefix+"*")
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
