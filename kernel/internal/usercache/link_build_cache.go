package usercache

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// LinkBuildCache makes in to a build cache that has all that the one in from has. Go never changes what it has built
// (names end in -d), so that a link will do. It may write the records of what was built from what (-a) again: they are
// copied, with their times, by which Go decides what to remove.
func LinkBuildCache(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, below)
		switch {
		case entry.IsDir():
			return os.MkdirAll(target, 0o700)
		case strings.HasSuffix(path, "-d"):
			if err := os.Symlink(path, target); !errors.Is(err, fs.ErrExist) {
				return err
			}
			return nil
		}
		return copyRecord(path, target)
	})
}

func copyRecord(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.WriteFile(to, content, 0o600); err != nil {
		return err
	}
	return os.Chtimes(to, info.ModTime(), info.ModTime())
}
