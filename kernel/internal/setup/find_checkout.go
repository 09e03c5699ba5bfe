package setup

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/mod/modfile"

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/internal/reason"
)

// modulePath is the course's module, by which its checkout is known.
const modulePath = "multiprocessing"

// FindModule returns the folder of the course's go.mod: dir or the nearest folder above it, else the one that
// MULTIPROCESSING_MODULE names.
func FindModule(dir string) (string, error) {
	start, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for folder := start; ; folder = filepath.Dir(folder) {
		if isModule(folder) {
			return filepath.EvalSymlinks(folder)
		}
		if folder == filepath.Dir(folder) {
			break
		}
	}
	if named := os.Getenv(envvar.Module); named != "" && isModule(named) {
		return filepath.EvalSymlinks(named)
	}
	return "", fmt.Errorf("finding the course: no go.mod of module %s in %s or above; run the command inside the checkout", modulePath, start)
}

func isModule(folder string) bool {
	content, err := os.ReadFile(filepath.Join(folder, "go.mod"))
	return err == nil && modfile.ModulePath(content) == modulePath
}

// cacheFolder returns the course's folder in the user's cache.
func cacheFolder() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("finding the cache folder: %w; set HOME or XDG_CACHE_HOME", err)
	}
	return filepath.Join(cache, modulePath), nil
}

// cacheError says of a failed write to the cache what to do about it.
func cacheError(folder string, err error) error {
	return fmt.Errorf("set-up: cannot write to the cache folder %s: %w; make it writable, or name another folder in XDG_CACHE_HOME", folder, reason.Of(err))
}
