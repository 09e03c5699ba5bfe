//go:build unix

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// newFile makes an empty file with the name stem.ipynb or, if that is taken, stem-2.ipynb and so on.
func newFile(stem string, mode fs.FileMode) (path string, err error) {
	path = stem + ".ipynb"
	for n := 2; ; n++ {
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			path = fmt.Sprintf("%s-%d.ipynb", stem, n)
			continue
		}
		if err != nil {
			return path, err
		}
		return path, errors.Join(file.Chmod(mode), file.Close())
	}
}
