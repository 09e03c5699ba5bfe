package setup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/internal/folder"
	"multiprocessing/kernel/internal/reason"
)

// Prepared reports whether the parts were made elsewhere, as in the image.
func Prepared() bool { return os.Getenv(envvar.Setup) != "" }

// Headless reports whether set-up leaves JupyterLab out.
func Headless() bool { return os.Getenv(envvar.Headless) != "" }

// requirements is the file that pins the Python environment.
func requirements() string {
	if Headless() {
		return "kernel/requirements-run.txt"
	}
	return "kernel/requirements.txt"
}

// prepared reports whether the parts lie apart from the user's cache.
func (e *Environment) prepared() bool { return e.Parts != e.Cache }

// makeRoom gives this process, and those that it starts, caches that can be written: in a container the user's and Go's
// may belong to another user, or lie on a file system that is read only. What it makes is removed by forget.
func (e *Environment) makeRoom() (forget func(), err error) {
	room := ""
	forget = func() { _ = os.RemoveAll(room) }
	if folder.Writable(e.Cache) != nil {
		if room, err = os.MkdirTemp("", "multiprocessing-cache-*"); err != nil {
			return nil, fmt.Errorf("making a temporary cache: %w; name a folder that can be written in XDG_CACHE_HOME or TMPDIR", reason.Of(err))
		}
		os.Setenv("XDG_CACHE_HOME", room)
		e.Cache = filepath.Join(room, modulePath)
	}
	if folder.Writable(e.Go.Cache) != nil {
		linked := filepath.Join(filepath.Dir(e.Cache), "go-build")
		if err := linkBuildCache(e.Go.Cache, linked); err != nil {
			forget()
			return nil, fmt.Errorf("making a build cache that can be written: %w", err)
		}
		os.Setenv("GOCACHE", linked)
		e.Go.Cache = linked
	}
	if folder.Writable(e.cells()) != nil {
		os.Setenv(envvar.OwnCells, filepath.Join(e.Cache, "cells"))
	}
	if err := e.nameParts(); err != nil { // what is missing may go into the new cache
		forget()
		return nil, err
	}
	return forget, nil
}

// linkBuildCache makes in to a build cache that has all that the one in from has. Go never changes what it has
// built (names end in -d), so that a link will do; it may write the records of what was built from what (-a) anew.
func linkBuildCache(from, to string) error {
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
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, content, 0o600)
	})
}
