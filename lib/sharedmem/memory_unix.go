//go:build unix && !linux

package sharedmem

import (
	"os"
	"path/filepath"
)

// newMemory makes a file of zeros in a new folder that only this user can
// enter. If this process is killed, the folder stays in the temporary
// folder.
func newMemory(size int64) (f *os.File, path string, remove func(), err error) {
	folder, err := os.MkdirTemp("", "sharedmem-")
	if err != nil {
		return nil, "", nil, err
	}
	remove = func() { os.RemoveAll(folder) }
	path = filepath.Join(folder, "memory")
	f, err = os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err == nil {
		if err = f.Truncate(size); err == nil {
			return f, path, remove, nil
		}
		f.Close()
	}
	remove()
	return nil, "", nil, err
}

// pathOf returns the path by which other processes of the same user can open
// the file.
func pathOf(f *os.File) string { return f.Name() }
