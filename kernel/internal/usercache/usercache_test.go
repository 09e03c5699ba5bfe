package usercache

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/internal/inuse"
)

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(content), 0o600)); err != nil {
		t.Fatal(err)
	}
}

// sharedKernel is a kernel for every user, and a user's cache.
func sharedKernel(t *testing.T) (kernel, cache string) {
	t.Helper()
	kernel, cache = t.TempDir(), t.TempDir()
	write(t, filepath.Join(kernel, BuildCache, "00", "1-a"), "record")
	write(t, filepath.Join(kernel, BuildCache, "00", "2-d"), "what was built")
	for name, value := range map[string]string{envvar.Shared: kernel, "HOME": cache, "XDG_CACHE_HOME": cache, "GOCACHE": "", envvar.OwnCells: "", "TMPDIR": t.TempDir()} {
		t.Setenv(name, value)
	}
	return kernel, cache
}

func enter(t *testing.T) (leave func()) {
	t.Helper()
	leave, err := Enter()
	if err != nil {
		t.Fatal(err)
	}
	return leave
}

func TestAUserWritesToTheOwnCache(t *testing.T) {
	kernel, _ := sharedKernel(t)
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	leave := enter(t)
	own := filepath.Dir(os.Getenv("GOCACHE"))
	if filepath.Dir(own) != filepath.Join(cache, "multiprocessing") || !Kept(filepath.Base(own)) {
		t.Errorf("the user's folder is %s, want it in %s", own, cache)
	}
	if cells := os.Getenv(envvar.OwnCells); cells != filepath.Join(own, "cells") {
		t.Errorf("cells write to %q, want a folder of %s", cells, own)
	}
	if content, err := os.ReadFile(filepath.Join(own, BuildCache, "00", "2-d")); err != nil || string(content) != "what was built" {
		t.Errorf("the user's build cache has %q, %v", content, err)
	}
	if !inuse.Private(own) {
		t.Error("other users can change it")
	}
	if _, err := inuse.Claim(own); !errors.Is(err, inuse.ErrTaken) {
		t.Errorf("it can be removed while a kernel runs: %v", err)
	}
	leave()
	write(t, filepath.Join(own, BuildCache, "00", "1-a"), "another record")
	enter(t)()
	if content, err := os.ReadFile(filepath.Join(own, BuildCache, "00", "1-a")); err != nil || string(content) != "another record" {
		t.Errorf("a second kernel has made it again: %q, %v", content, err)
	}
	if content, err := os.ReadFile(filepath.Join(kernel, BuildCache, "00", "1-a")); err != nil || string(content) != "record" {
		t.Errorf("the kernel's build cache has %q, %v", content, err)
	}
}

func TestTheCacheOfAKernelThatIsGoneIsRemoved(t *testing.T) {
	kernel, _ := sharedKernel(t)
	enter(t)()
	old := filepath.Dir(os.Getenv("GOCACHE"))
	newer, _ := os.MkdirTemp(t.TempDir(), "")
	write(t, filepath.Join(newer, BuildCache, "00", "3-d"), "")
	t.Setenv(envvar.Shared, newer)
	if err := os.RemoveAll(kernel); err != nil {
		t.Fatal(err)
	}
	enter(t)()
	if _, err := os.Stat(old); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s is still there: %v", old, err)
	}
	if _, err := os.Stat(os.Getenv("GOCACHE")); err != nil {
		t.Error(err)
	}
}

func TestWithoutACacheOfOnesOwnAKernelUsesATemporaryFolder(t *testing.T) {
	for name, spoil := range map[string]func(course, own string) error{
		"it cannot be made": func(course, own string) error { return os.WriteFile(course, nil, 0o600) },
		"it is a link": func(course, own string) error {
			return errors.Join(os.Mkdir(course, 0o700), os.Symlink(t.TempDir(), own))
		},
		"others can write to it": func(course, own string) error { return errors.Join(os.MkdirAll(own, 0o700), os.Chmod(own, 0o777)) },
	} {
		t.Run(name, func(t *testing.T) {
			sharedKernel(t)
			enter(t)()
			own := filepath.Dir(os.Getenv("GOCACHE"))
			if err := errors.Join(os.RemoveAll(filepath.Dir(own)), spoil(filepath.Dir(own), own)); err != nil {
				t.Fatal(err)
			}
			leave := enter(t)
			temporary := filepath.Dir(os.Getenv("GOCACHE"))
			if temporary == own || !inuse.Private(temporary) || filepath.Dir(temporary) != filepath.Clean(os.Getenv("TMPDIR")) {
				t.Errorf("the user's folder is %s", temporary)
			}
			leave()
			if _, err := os.Stat(temporary); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("it is still there: %v", err)
			}
		})
	}
}

func TestAKernelForOneUserKeepsItsCaches(t *testing.T) {
	sharedKernel(t)
	t.Setenv(envvar.Shared, "")
	enter(t)()
	if cache, own := os.Getenv("GOCACHE"), os.Getenv(envvar.OwnCells); cache+own != "" {
		t.Errorf("GOCACHE is %q, cells write to %q", cache, own)
	}
}

func TestLinkedRecordsKeepTheirTimes(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	write(t, filepath.Join(from, "1-a"), "record")
	kept := time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := errors.Join(os.Chtimes(filepath.Join(from, "1-a"), kept, kept), LinkBuildCache(from, to)); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(to, "1-a")); err != nil || !info.ModTime().Equal(kept) {
		t.Errorf("the time is %v, %v; want %v", info.ModTime(), err, kept)
	}
}

func TestALinkedBuildCacheLeavesTheOtherAsItIs(t *testing.T) {
	from, to := t.TempDir(), filepath.Join(t.TempDir(), "linked")
	write(t, filepath.Join(from, "00", "1-a"), "record")
	write(t, filepath.Join(from, "00", "2-d"), "what was built")
	for range 2 { // a second start finds it there
		if err := LinkBuildCache(from, to); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(to, "00", "1-a"), "another record")
	write(t, filepath.Join(to, "01", "3-d"), "more")
	for name, want := range map[string]string{"00/1-a": "record", "00/2-d": "what was built"} {
		if got, err := os.ReadFile(filepath.Join(from, name)); err != nil || string(got) != want {
			t.Errorf("%s is %q (%v), want %q", name, got, err, want)
		}
	}
	if got, err := os.ReadFile(filepath.Join(to, "00", "2-d")); err != nil || string(got) != "what was built" {
		t.Errorf("through the link: %q, %v", got, err)
	}
}
