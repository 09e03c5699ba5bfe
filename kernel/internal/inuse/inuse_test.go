package inuse

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

func TestAFolderInUseCannotBeClaimed(t *testing.T) {
	folder := t.TempDir()
	first, err := Mark(folder)
	if err != nil {
		t.Fatal(err)
	}
	second, err := Mark(folder)
	if err != nil {
		t.Fatal("a second user: ", err)
	}
	first()
	if _, err := Claim(folder); !errors.Is(err, ErrTaken) {
		t.Errorf("claimed while in use: %v", err)
	}
	second()
	release, err := Claim(folder)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Mark(folder); !errors.Is(err, ErrTaken) {
		t.Errorf("marked while it is claimed: %v", err)
	}
	if err := Remove(folder, release); err != nil {
		t.Fatal(err)
	}
	if _, err := Mark(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("marked when it is gone: %v", err)
	}
}

// Removers and users of a folder that is made again and again: none holds a lock on a folder that is gone.
func TestALockIsOnWhatIsThere(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "folder")
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 100 {
				if err := os.MkdirAll(folder, 0o700); err != nil {
					t.Error(err)
				}
				release, err := Mark(folder)
				if errors.Is(err, ErrTaken) || errors.Is(err, os.ErrNotExist) {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				if err := os.WriteFile(filepath.Join(folder, "used"), nil, 0o600); err != nil {
					t.Errorf("a folder in use was removed: %v", err)
				}
				release()
			}
		})
		all.Go(func() {
			for range 100 {
				if release, err := Claim(folder); err == nil {
					if err := Remove(folder, release); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
}

func TestASecondLockWaitsForTheFirst(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := Lock(t.Context(), path, func() { t.Error("the first waited") })
	if err != nil {
		t.Fatal(err)
	}
	waiting, done := make(chan bool), make(chan error)
	go func() {
		unlock, err := Lock(t.Context(), path, func() { close(waiting) })
		if err == nil {
			unlock()
		}
		done <- err
	}()
	<-waiting
	unlock()
	if err := <-done; err != nil {
		t.Errorf("the second: %v", err)
	}
}

func TestWaitingForALockCanBeStopped(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := Lock(t.Context(), path, func() {})
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := Lock(ctx, path, func() {}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want that the wait was ended", err)
	}
}

func TestOnlyAFolderOfOursIsPrivate(t *testing.T) {
	folder := t.TempDir()
	path := func(name string) string { return filepath.Join(folder, name) }
	for name, mode := range map[string]os.FileMode{"ours": 0o700, "listable": 0o755, "for all": 0o777, "for the group": 0o770, "another's": 0o700} {
		if err := errors.Join(os.Mkdir(path(name), 0o700), os.Chmod(path(name), mode)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Symlink("ours", path("link")), os.WriteFile(path("file"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{"ours": true, "listable": true, "for all": false, "for the group": false, "link": false, "file": false, "missing": false}
	if os.Geteuid() == 0 {
		if err := os.Chown(path("another's"), 12345, 12345); err != nil {
			t.Fatal(err)
		}
		want["another's"] = false
	}
	for name, want := range want {
		if got := Private(path(name)); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}
