package setup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/gofrs/flock"
)

// Use marks the cache as in use until release is called, or the process ends.
func (e *Environment) Use() (release func(), err error) {
	if err := os.MkdirAll(e.Cache, 0o700); err != nil {
		return nil, cacheError(e.Cache, err)
	}
	lock := flock.New(e.useLock(), flock.SetPermissions(0o600))
	if locked, err := lock.TryRLock(); err != nil {
		return nil, cacheError(e.Cache, err)
	} else if !locked {
		return nil, errors.New("starting: the cache is just being cleaned; start again when that is done")
	}
	return func() { _ = lock.Unlock() }, nil
}

// Ready is Use and Make: what it returns marks the cache as no longer in use.
func (e *Environment) Ready(ctx context.Context, progress io.Writer) (release func(), err error) {
	forget := func() {}
	if e.prepared() {
		if forget, err = e.makeRoom(); err != nil {
			return nil, err
		}
	}
	unlock, err := e.Use()
	if err != nil {
		forget()
		return nil, err
	}
	release = func() { unlock(); forget() }
	if err := e.Make(ctx, progress); err != nil {
		release()
		return nil, err
	}
	return release, nil
}

func (e *Environment) useLock() string { return filepath.Join(e.Cache, "in-use.lock") }

// kept are the folders of the cache that Clean leaves: what the user has measured is not set-up's to remove.
var kept = []string{"history"}

// Clean removes what set-up made and the course's other files in the cache, but not the history of timings, and the
// kernelspecs that Install wrote. It returns what it removed, and removes nothing while a lab or a run of any checkout
// uses the cache.
func Clean(ctx context.Context) (removed []string, err error) {
	cache, err := cacheFolder()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(cache); errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	e := &Environment{Cache: cache}
	lock := flock.New(e.useLock(), flock.SetPermissions(0o600))
	if locked, err := lock.TryLock(); err != nil {
		return nil, cacheError(cache, err)
	} else if !locked {
		return nil, errors.New("clean: a lab, a run or a set-up is using the cache; stop it first")
	}
	defer lock.Unlock()
	doomed, err := e.removable()
	if err != nil {
		return nil, err
	}
	for _, path := range doomed {
		if err := os.RemoveAll(path); err != nil {
			return removed, fmt.Errorf("clean: %w; remove it by hand", err)
		}
		removed = append(removed, path)
	}
	_ = os.Remove(cache) // when nothing is kept in it
	return removed, ctx.Err()
}

// removable lists the installed kernels that are still ours, and what is in the cache.
func (e *Environment) removable() ([]string, error) {
	installed, err := e.Installed()
	if err != nil {
		return nil, err
	}
	doomed := slices.DeleteFunc(installed, func(folder string) bool {
		return foreign(folder) || gone(folder) // the user has put another kernel there since, or removed ours
	})
	entries, err := os.ReadDir(e.Cache)
	if err != nil {
		return nil, fmt.Errorf("clean: %w", err)
	}
	for _, entry := range entries {
		if !slices.Contains(kept, entry.Name()) {
			doomed = append(doomed, filepath.Join(e.Cache, entry.Name()))
		}
	}
	return doomed, nil
}
