package setup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/internal/inuse"
)

// checkoutWithCache returns an Environment over a small checkout, whose cache is the one that Clean cleans.
func checkoutWithCache(t *testing.T) *Environment {
	t.Helper()
	e, cache := checkout(t), t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("HOME", cache) // where the cache is on other systems
	var err error
	if e.Cache, err = cacheFolder(); err != nil {
		t.Fatal(err)
	}
	e.Parts = e.Cache
	if err := e.nameParts(); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestCleanRemovesWhatSetUpMadeAndNoMore(t *testing.T) {
	e := checkoutWithCache(t)
	mine, taken := filepath.Join(t.TempDir(), "mine"), filepath.Join(t.TempDir(), "taken")
	write(t, filepath.Join(e.Cache, "tools-1", "bin", "gonb"), "")
	write(t, filepath.Join(e.Cache, "history", "run.json"), "{}")
	if _, err := e.Install("gonb", mine, false); err != nil {
		t.Fatal(err)
	}
	replaced, err := e.Install("gonb", taken, false)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(replaced, "kernel.json"), `{"argv": ["another"]}`)

	release, err := e.Use()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Clean(t.Context()); err == nil || !strings.Contains(err.Error(), "using the cache") {
		t.Errorf("while the cache is in use: error %v", err)
	}
	release()
	removed, err := Clean(t.Context())
	if err != nil || !slices.Contains(removed, filepath.Dir(filepath.Join(mine, "share", "jupyter", "kernels", "gonb", "x"))) {
		t.Errorf("removed %v, %v; want the installed kernel among them", removed, err)
	}
	if _, err := os.Stat(filepath.Join(replaced, "kernel.json")); err != nil {
		t.Errorf("another kernel was removed: %v", err)
	}
	left, err := os.ReadDir(e.Cache)
	if err != nil || len(left) != 1 || left[0].Name() != "history" {
		t.Errorf("left in the cache: %v, %v; want the history of timings alone", left, err)
	}
	if err := os.RemoveAll(filepath.Join(e.Cache, "history")); err != nil {
		t.Fatal(err)
	}
	if _, err := Clean(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(e.Cache); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an empty cache folder is left: %v", err)
	}
}

func TestCleanLeavesTheToolsOfARunningKernel(t *testing.T) {
	e := checkoutWithCache(t)
	front := filepath.Join(e.Cache, "tools-1", "bin", "front")
	other := filepath.Join(e.Cache, "tools-0", "bin", "front")
	write(t, front, "")
	write(t, other, "")
	stop, err := inuse.Mark(filepath.Dir(front))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Clean(t.Context()); err == nil || !strings.Contains(err.Error(), "a kernel is using "+filepath.Join(e.Cache, "tools-1")) {
		t.Errorf("while a kernel runs: error %v", err)
	}
	if _, err := os.Stat(front); err != nil {
		t.Errorf("the front of a running kernel was removed: %v", err)
	}
	if _, err := os.Stat(other); err != nil {
		t.Errorf("half of the cache was removed: %v", err)
	}
	stop()
	if _, err := Clean(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestNothingIsRemovedFromWhoStartsMeanwhile(t *testing.T) {
	e := checkoutWithCache(t)
	use := func() {
		release, err := e.Use()
		if err != nil {
			if !strings.Contains(err.Error(), "being cleaned") && !strings.Contains(err.Error(), "no such file") {
				t.Error(err)
			}
			return
		}
		defer release()
		path := filepath.Join(e.Cache, "python-1", "bin", "python")
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, nil, 0o600)); err != nil {
			t.Errorf("while the cache is in use: %v", err)
		}
		for i := range 20 { // which come first when it is cleaned, and take their time
			if err := os.MkdirAll(filepath.Join(e.Cache, "cells", fmt.Sprint(i)), 0o700); err != nil {
				t.Errorf("while the cache is in use: %v", err)
			}
		}
		if _, err := os.Stat(path); err != nil {
			t.Errorf("removed while the cache is in use: %v", err)
		}
	}
	var users sync.WaitGroup
	for range 2 {
		users.Go(func() {
			for range 200 {
				use()
				time.Sleep(time.Millisecond)
			}
		})
	}
	done := make(chan bool)
	go func() {
		users.Wait()
		close(done)
	}()
	cleaned := 0
	for ended := false; !ended; {
		removed, err := Clean(t.Context())
		if err != nil && !strings.Contains(err.Error(), "using the cache") {
			t.Error(err)
		}
		cleaned += len(removed)
		select {
		case <-done:
			ended = true
		default:
		}
	}
	if cleaned == 0 {
		t.Error("nothing was ever removed")
	}
}

func TestOldPartsThatNobodyUsesAreRemoved(t *testing.T) {
	e := checkoutWithCache(t)
	other, gone := checkout(t), checkout(t)
	old := func(name string) string {
		file := filepath.Join(e.Parts, name, "bin", "file")
		write(t, file, "")
		return filepath.Join(e.Parts, name)
	}
	spec := func(tools, python, module string) kernelspec {
		return kernelspec{Argv: []string{filepath.Join(tools, "bin", "front")}, Env: map[string]string{envvar.Python: filepath.Join(python, "bin", "python")}, Metadata: map[string]string{courseOf: module}}
	}
	kept := []string{
		old(filepath.Base(e.tools.folder)), old(filepath.Base(e.venv.folder)), old("tools-running"), old("tools-installed"),
		old("tools-other"), old("python-other"), old("cells"), old("history"),
	}
	removed := []string{old("tools-1"), old("tools-of-gone"), old("python-1"), old("tools-uninstalled")}
	for folder, spec := range map[string]kernelspec{
		filepath.Join(e.Parts, "checkout-other", "data", "kernels", "gonb"): spec(kept[4], kept[5], other.Module),
		filepath.Join(e.Parts, "checkout-gone", "data", "kernels", "gonb"):  spec(removed[1], removed[2], gone.Module),
	} {
		if err := writeSpec(folder, spec); err != nil {
			t.Fatal(err)
		}
	}
	prefix := t.TempDir()
	installed, err := e.Install("gonb", prefix, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(writeSpec(installed, spec(kept[3], "", e.Module)), os.RemoveAll(gone.Module)); err != nil {
		t.Fatal(err)
	}
	stop, err := inuse.Mark(filepath.Join(kept[2], "bin"))
	if err != nil {
		t.Fatal(err)
	}
	defer stop()

	var out strings.Builder
	e.prune(&out)
	for _, folder := range kept {
		if _, err := os.Stat(filepath.Join(folder, "bin", "file")); err != nil {
			t.Errorf("it is used, and gone: %v", err)
		}
	}
	for _, folder := range removed {
		if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) || !strings.Contains(out.String(), "Removed "+folder) {
			t.Errorf("%s is still there, or nobody was told (%v): %s", folder, err, out.String())
		}
	}
	if left, _ := filepath.Glob(filepath.Join(e.Parts, ".removing-*")); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}

func TestPartsThatOthersHavePreparedStay(t *testing.T) {
	e := checkout(t)
	e.Parts = t.TempDir()
	write(t, filepath.Join(e.Parts, "tools-1", "bin", "front"), "")
	e.prune(&strings.Builder{})
	if _, err := os.Stat(filepath.Join(e.Parts, "tools-1", "bin", "front")); err != nil {
		t.Error(err)
	}
}
