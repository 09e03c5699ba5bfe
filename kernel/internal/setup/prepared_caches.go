package setup

import (
	"fmt"
	"os"
	"path/filepath"

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/internal/folder"
	"multiprocessing/kernel/internal/reason"
	"multiprocessing/kernel/internal/usercache"
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
		if err := usercache.LinkBuildCache(e.Go.Cache, linked); err != nil {
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
