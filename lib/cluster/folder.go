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

// folder is a place for the stores of servers, for this user only.
type folder struct {
	path string
	lock *flock.Flock // held for as long as this process lives
}

// newFolder makes a folder, and removes those that others have left because
// they were killed.
func newFolder() (*folder, error) {
	sweep()
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

// sweep removes folders whose process is gone. One that was made just now may
// not be marked yet, and another user may have put a folder or a link of that
// name there.
func sweep() {
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
