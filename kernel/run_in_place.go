//go:build unix

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"multiprocessing/kernel/coursebook"
)

// replace puts the executed notebook in the place of the notebook. One that fails does not come here: the notebook stays
// as it was, and what was executed beside it.
func replace(notebook, executed string) error {
	content, err := os.ReadFile(executed)
	if err != nil {
		return err
	}
	if content, err = coursebook.Kept(content); err != nil {
		return err
	}
	if err := replaceContent(notebook, content); err != nil {
		return fmt.Errorf("writing %s: %w; what was executed is in %s", notebook, err, executed)
	}
	return os.Remove(executed)
}

// errKept says that a new file would not be the old one with another content.
var errKept = errors.New("the file itself must stay")

// replaceContent gives the file that path leads to, also through links, another content, and changes neither its mode nor
// its owner. The old content is replaced at once, by a new file, where that can be: not if the file has other names or
// extended attributes, or its owner or its folder is not ours to write.
func replaceContent(path string, content []byte) error {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	if err := replaceFile(target, content); !errors.Is(err, errKept) {
		return err
	}
	return overwrite(target, content)
}

// replaceFile renames a new file over target.
func replaceFile(target string, content []byte) (err error) {
	info, err := os.Stat(target)
	if err != nil {
		return err
	}
	old, ok := info.Sys().(*syscall.Stat_t)
	if !ok || old.Nlink > 1 || hasAttributes(target) {
		return errKept
	}
	file, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+"-*")
	if err != nil {
		return errKept
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name())
		}
	}()
	if file.Chown(int(old.Uid), int(old.Gid)) != nil || file.Chmod(info.Mode()) != nil {
		return errors.Join(errKept, file.Close())
	}
	if _, err := file.Write(content); err != nil {
		return errors.Join(err, file.Close())
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), target)
}

// overwrite writes content into the file. If that fails it writes the old content again, which has its room already.
func overwrite(target string, content []byte) error {
	old, err := os.ReadFile(target)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(target, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	if err := rewrite(file, content); err != nil {
		return errors.Join(err, rewrite(file, old), file.Close())
	}
	return file.Close()
}

func rewrite(file *os.File, content []byte) error {
	if _, err := file.WriteAt(content, 0); err != nil {
		return err
	}
	return errors.Join(file.Truncate(int64(len(content))), file.Sync())
}
