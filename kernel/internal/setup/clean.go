package setup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"multiprocessing/kernel/internal/inuse"
)

// lasting lists the folders of the cache that Clean keeps, because they hold the user's measurements.
var lasting = []string{"history"}

// Clean removes the kernelspecs that install wrote, with the shared places of those for every user, and the course's files
// in the cache, except the history of timings. It returns what it removed; the error names what it could not remove. It
// removes nothing while a lab, a run, a set-up or a kernel of any checkout uses the cache, and none of them can start
// meanwhile.
func Clean(ctx context.Context) (removed []string, err error) {
	cache, err := cacheFolder()
	if err != nil {
		return nil, err
	}
	release, err := inuse.Claim(cache)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case errors.Is(err, inuse.ErrTaken):
		return nil, errors.New("clean: a lab, a run or a set-up is using the cache; stop it first")
	case err != nil:
		return nil, cacheError(cache, err)
	}
	defer release()
	e := &Environment{Cache: cache}
	doomed, err := e.removable()
	if err != nil {
		return nil, err
	}
	claims, releaseAll, err := claimAll(doomed)
	if err != nil {
		return nil, err
	}
	defer releaseAll()
	var left []string
	for _, path := range doomed {
		if len(left) > 0 && path == e.installedFile() {
			continue
		}
		if err := removePart(path, claims[path]); err != nil {
			left = append(left, cannotRemove(path, err))
			continue
		}
		removed = append(removed, path)
	}
	if len(left) > 0 {
		return removed, fmt.Errorf("clean: cannot remove %s", strings.Join(left, "; "))
	}
	_ = os.Remove(filepath.Join(cache, inuse.Name)) // last: it prevents others from starting
	_ = os.Remove(cache)                            // if it is empty
	return removed, ctx.Err()
}

// claimAll claims the folders that are marked while in use. It returns an error if one is in use.
func claimAll(folders []string) (claims map[string]func(), release func(), err error) {
	claims = map[string]func(){}
	release = func() {
		for _, release := range claims {
			release()
		}
	}
	for _, folder := range folders {
		marked := markedFolder(folder)
		if marked == "" {
			continue
		}
		claim, err := inuse.Claim(marked)
		switch {
		case errors.Is(err, fs.ErrNotExist): // an interrupted set-up
			continue
		case errors.Is(err, inuse.ErrTaken):
			err = fmt.Errorf("clean: a kernel is using %s; shut it down first", folder)
		case err != nil:
			err = cacheError(folder, err)
		}
		if err != nil {
			release()
			return nil, nil, err
		}
		claims[folder] = claim
	}
	return claims, release, nil
}

// removePart removes a folder, all at once if it is claimed.
func removePart(path string, claim func()) error {
	if claim == nil {
		return removeTree(path)
	}
	return inuse.Remove(path, claim)
}

// removable lists the installed kernels that are still ours, their shared places, and what is in the cache: the list of
// kernels last, so that a later clean finds those that could not be removed.
func (e *Environment) removable() ([]string, error) {
	installed, err := e.Installed()
	if err != nil {
		return nil, fmt.Errorf("clean: %w", err)
	}
	doomed := slices.DeleteFunc(installed, func(folder string) bool {
		return foreign(folder) || gone(folder, "kernel.json") // the user has put another kernel there since, or removed ours
	})
	places, err := sharedPlaces(doomed)
	if err != nil {
		return nil, err
	}
	doomed = append(doomed, places...)
	entries, err := os.ReadDir(e.Cache)
	if err != nil {
		return nil, fmt.Errorf("clean: %w", err)
	}
	for _, entry := range entries {
		if name := entry.Name(); name != inuse.Name && name != filepath.Base(e.installedFile()) && !slices.Contains(lasting, name) {
			doomed = append(doomed, filepath.Join(e.Cache, name))
		}
	}
	if _, err := os.Lstat(e.installedFile()); err == nil {
		doomed = append(doomed, e.installedFile())
	}
	return doomed, nil
}
