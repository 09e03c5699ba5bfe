// Package inuse marks folders as in use with file locks, so that clean and set-up remove nothing that runs. The operating
// system ends the lock of a process that dies.
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

// Name is the name of the lock in a folder that is marked.
const Name = "in-use.lock"

// ErrTaken says that another process holds the lock.
var ErrTaken = errors.New("another process is using it")

// Mark marks folder as in use, with others that do the same, until release is called or the process ends. It returns
// ErrTaken while the folder is being removed, and an error that is os.ErrNotExist if it is gone. A folder that this user
// cannot write in, as in an image, is another's to look after: it gets no mark.
func Mark(folder string) (release func(), err error) {
	release, err = lock(filepath.Join(folder, Name), (*flock.Flock).TryRLock)
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
		return nil, fmt.Errorf("the kernel's tools in %s are being removed (%w); \"go run ./kernel lab\" or \"go run ./kernel install\" makes them anew", folder, err)
	}
	return release, nil
}

// Claim marks folder as this process's alone. It returns ErrTaken if it is in use.
func Claim(folder string) (release func(), err error) {
	return lock(filepath.Join(folder, Name), (*flock.Flock).TryLock)
}

// Lock takes the lock at path, which no other process can hold then. It calls waiting once if it has to wait, until the
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

// lock takes the lock at path by try. A file that was removed or replaced meanwhile locks nothing: whoever comes next
// opens another.
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

// Remove removes a folder that this process has claimed. It is renamed first, out of the way of whoever makes it anew;
// the claim ends with it.
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
