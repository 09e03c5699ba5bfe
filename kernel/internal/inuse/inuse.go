// Package inuse marks folders as in use with file locks, so that clean and set-up do not remove files of running
// programs. The operating system releases the lock of a process that dies.
package inuse

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/gofrs/flock"
)

// Name is the name of the lock file in a marked folder.
const Name = "in-use.lock"

// ErrTaken means that another process holds the lock.
var ErrTaken = errors.New("another process is using it")

// Mark marks folder as in use until release is called or the process ends. Several processes may mark a folder at the
// same time. Mark returns ErrTaken while the folder is being removed, and an error that is os.ErrNotExist if it is gone.
// If this user cannot write to the folder, for example in a container image, it is not marked, and there is no error.
func Mark(folder string) (release func(), err error) {
	release, err = TryShared(filepath.Join(folder, Name))
	if errors.Is(err, os.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return func() {}, nil
	}
	return release, err
}

// MarkProgram marks the folder of this program's file.
func MarkProgram() (release func(), err error) {
	path, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this program: %w", err)
	}
	folder := filepath.Dir(path)
	if release, err = Mark(folder); err != nil {
		return nil, fmt.Errorf("the kernel's tools in %s are being removed (%w); run \"go run ./kernel lab\" or \"go run ./kernel install\" to install them again", folder, err)
	}
	return release, nil
}

// Claim locks folder for this process only. It returns ErrTaken if the folder is in use.
func Claim(folder string) (release func(), err error) {
	return lock(filepath.Join(folder, Name), (*flock.Flock).TryLock)
}

// Lock acquires the exclusive lock at path. If another process holds it, Lock calls waiting once, and waits until the
// lock is free or ctx ends.
func Lock(ctx context.Context, path string, waiting func()) (unlock func(), err error) {
	unlock, err = lock(path, (*flock.Flock).TryLock)
	if !errors.Is(err, ErrTaken) {
		return unlock, err
	}
	waiting()
	for errors.Is(err, ErrTaken) {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
		unlock, err = lock(path, (*flock.Flock).TryLock)
	}
	return unlock, err
}

// TryShared acquires the lock at path together with others who do. It returns ErrTaken while a process holds it alone.
func TryShared(path string) (unlock func(), err error) {
	return lock(path, (*flock.Flock).TryRLock)
}

// lock acquires the lock at path with try. If the file was removed or replaced meanwhile, lock tries again with the new
// file: other processes would not see a lock on the old one.
func lock(path string, try func(*flock.Flock) (bool, error)) (unlock func(), err error) {
	for {
		file := flock.New(path, flock.SetPermissions(0o600))
		locked, err := try(file)
		if err != nil {
			return nil, err
		}
		if !locked {
			return nil, ErrTaken
		}
		if held, err := file.Stat(); err == nil {
			if now, err := os.Stat(path); err == nil && os.SameFile(held, now) {
				return func() { _ = file.Unlock() }, nil
			}
		}
		_ = file.Unlock()
	}
}

// Remove removes a folder that this process has claimed, and releases the claim. It renames the folder first, so that
// another process can make a new one at its path.
func Remove(folder string, release func()) error {
	defer release()
	doomed, err := os.MkdirTemp(filepath.Dir(folder), ".removing-*")
	if err != nil {
		return err
	}
	if err := os.Rename(folder, filepath.Join(doomed, filepath.Base(folder))); err != nil {
		return errors.Join(err, os.Remove(doomed))
	}
	return os.RemoveAll(doomed)
}
