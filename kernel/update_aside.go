//go:build unix

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// aside is a reader's notebook under another name.
type aside struct{ path, kept string }

// setAside gives a reader's notebook a free name beside it, mine-NAME.ipynb. The file itself stays, so that a page that has
// it open loses nothing.
func (c checkout) setAside(path string) (aside, error) {
	whole := filepath.Join(c.folder, path)
	info, err := os.Lstat(whole)
	if err != nil {
		return aside{}, err
	}
	kept, err := newFile(filepath.Join(filepath.Dir(whole), "mine-"+strings.TrimSuffix(filepath.Base(whole), ".ipynb")), info.Mode().Perm())
	if err != nil {
		return aside{}, err
	}
	if err := os.Rename(whole, kept); err != nil { // over the empty file, which is ours
		return aside{}, errors.Join(err, os.Remove(kept))
	}
	below, err := filepath.Rel(c.folder, kept)
	return aside{path, below}, err
}

// setAllAside sets notebooks aside, or none if one cannot be.
func (c checkout) setAllAside(paths []string) (all []aside, err error) {
	for _, path := range paths {
		one, err := c.setAside(path)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("keeping %s: %w", path, err), c.putBack(all))
		}
		all = append(all, one)
	}
	return all, nil
}

// putBack gives notebooks their names again. One whose name was taken meanwhile keeps the other name.
func (c checkout) putBack(all []aside) error {
	var failures []error
	for _, one := range all {
		whole := filepath.Join(c.folder, one.path)
		_, err := os.Lstat(whole)
		if errors.Is(err, fs.ErrNotExist) {
			err = os.Rename(filepath.Join(c.folder, one.kept), whole)
		} else if err == nil {
			err = fs.ErrExist
		}
		if err != nil {
			failures = append(failures, fmt.Errorf("your %s is now %s: %w", one.path, one.kept, err))
		}
	}
	return errors.Join(failures...)
}
