package cluster

import (
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
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

// sweep removes folders whose process is gone. One that was made just now
// may not be marked yet.
func sweep() {
	folders, _ := filepath.Glob(filepath.Join(os.TempDir(), folderPrefix+"*"))
	for _, folder := range folders {
		info, err := os.Stat(folder)
		if err != nil || time.Since(info.ModTime()) < time.Minute {
			continue
		}
		lock := flock.New(filepath.Join(folder, lockName))
		if free, err := lock.TryLock(); err == nil && free {
			os.RemoveAll(folder)
			lock.Unlock()
		}
	}
}
