package setup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

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

func (e *Environment) useLock() string { return filepath.Join(e.Cache, "in-use.lock") }

// Clean removes everything that set-up made, and the kernelspecs that Install wrote. It returns what it removed, and
// removes nothing while a lab or a run of any checkout uses the cache.
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
	folders, err := e.Installed()
	if err != nil {
		return nil, err
	}
	for _, folder := range append(folders, cache) {
		if folder != cache && foreign(folder) {
			continue // the user has put another kernel there since
		}
		if err := os.RemoveAll(folder); err != nil {
			return removed, fmt.Errorf("clean: %w; remove it by hand", err)
		}
		removed = append(removed, folder)
	}
	return removed, ctx.Err()
}
