package setup

import (
	"os"
	"path/filepath"
	"testing"

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/internal/folder"
)

func TestPartsCanLieApartFromTheUsersCache(t *testing.T) {
	e := checkout(t)
	e.Parts = t.TempDir()
	if err := e.nameParts(); err != nil {
		t.Fatal(err)
	}
	for name, folder := range map[string]string{"tools": e.BinFolder(), "kernels": e.Data()} {
		if below, err := filepath.Rel(e.Parts, folder); err != nil || !filepath.IsLocal(below) {
			t.Errorf("the %s are in %s, want them in %s", name, folder, e.Parts)
		}
	}
	if below, err := filepath.Rel(e.Cache, e.Scratch()); err != nil || !filepath.IsLocal(below) {
		t.Errorf("what is written while notebooks run is in %s, want it in %s", e.Scratch(), e.Cache)
	}
}

// unwritable is a folder that nobody can make files in, not even root.
func unwritable(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "")
	return filepath.Join(file, "folder")
}

// The image has parts of its own course; a reader's checkout, in a container that runs as the reader, lacks some.
func TestWhatPreparedPartsLackIsMadeInTheCache(t *testing.T) {
	e := checkout(t)
	e.Parts = unwritable(t)
	if err := e.nameParts(); err != nil {
		t.Fatal(err)
	}
	for name, folder := range map[string]string{"tools": e.BinFolder(), "kernels": e.Data()} {
		if below, err := filepath.Rel(e.Cache, folder); err != nil || !filepath.IsLocal(below) {
			t.Errorf("the %s are in %s, want them in %s", name, folder, e.Cache)
		}
	}
	unlock, err := e.lock(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	unlock()
}

func TestCachesThatCannotBeWrittenGiveWayToTemporaryOnes(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv(envvar.OwnCells, "")
	e := checkout(t)
	e.Cache, e.Parts, e.Go.Cache = unwritable(t), unwritable(t), t.TempDir()
	forget, err := e.makeRoom()
	if err != nil {
		t.Fatal(err)
	}
	if folder.Writable(e.Cache) != nil || os.Getenv("XDG_CACHE_HOME") != filepath.Dir(e.Cache) {
		t.Errorf("the cache is %s, and XDG_CACHE_HOME %s", e.Cache, os.Getenv("XDG_CACHE_HOME"))
	}
	if own, want := os.Getenv(envvar.OwnCells), filepath.Join(e.Cache, "cells"); own != want {
		t.Errorf("cells keep in %q what they cannot keep in the set-up's folder, want %q", own, want)
	}
	forget()
	if _, err := os.Stat(filepath.Dir(e.Cache)); !os.IsNotExist(err) {
		t.Errorf("it is still there: %v", err)
	}
}

func TestCachesThatCanBeWrittenStay(t *testing.T) {
	t.Setenv(envvar.OwnCells, "")
	e := checkout(t)
	e.Go.Cache = t.TempDir()
	before := *e
	forget, err := e.makeRoom()
	if err != nil {
		t.Fatal(err)
	}
	forget()
	if e.Cache != before.Cache || e.Go.Cache != before.Go.Cache {
		t.Errorf("they are %s and %s, want %s and %s", e.Cache, e.Go.Cache, before.Cache, before.Go.Cache)
	}
	if own := os.Getenv(envvar.OwnCells); own != "" {
		t.Errorf("cells keep what they keep in %s, want the set-up's folder", own)
	}
}

func TestTheCourseIsFoundByItsVariableOutsideOfIt(t *testing.T) {
	module, err := filepath.EvalSymlinks(checkout(t).Module)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(envvar.Module, module)
	if found, err := FindModule(t.TempDir()); err != nil || found != module {
		t.Errorf("found %q (%v), want %q", found, err, module)
	}
	t.Setenv(envvar.Module, t.TempDir())
	if found, err := FindModule(t.TempDir()); err == nil {
		t.Errorf("found %q where there is none", found)
	}
}
