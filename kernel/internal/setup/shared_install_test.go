package setup

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"multiprocessing/internal/envvar"
)

// sharedCheckout is a small checkout with all that a version is made of, and a cache that Clean cleans.
func sharedCheckout(t *testing.T) *Environment {
	t.Helper()
	e := checkoutWithCache(t)
	for _, name := range []string{"LICENSE", "internal/a.go", "lib/a.go"} {
		write(t, filepath.Join(e.Module, name), name)
	}
	release, err := e.Use() // which makes the cache
	if err != nil {
		t.Fatal(err)
	}
	release()
	return e
}

// register writes a kernelspec of version below prefix, as InstallForEveryone does, without the version's content.
func registerShared(t *testing.T, e *Environment, name, prefix, version string) (folder string) {
	t.Helper()
	folder, err := specTarget(name, prefix, false)
	if err != nil {
		t.Fatal(err)
	}
	kernel := filepath.Join(prefix, "lib", modulePath, version)
	write(t, filepath.Join(kernel, "course", "go.mod"), "")
	write(t, filepath.Join(kernel, "front"), "")
	spec := kernelspec{Argv: []string{filepath.Join(kernel, "front")}, Env: map[string]string{envvar.Shared: kernel},
		Metadata: map[string]string{courseOf: filepath.Join(kernel, "course"), ofCheckout: e.Module}}
	if err := e.register(folder, prefix, spec); err != nil {
		t.Fatal(err)
	}
	return folder
}

func TestAVersionIsNamedAfterAllThatItIsMadeOf(t *testing.T) {
	e := sharedCheckout(t)
	version := func() string {
		t.Helper()
		name, err := e.version("python")
		if err != nil || !versionName.MatchString(name) {
			t.Fatalf("version %q, %v", name, err)
		}
		return name
	}
	first := version()
	write(t, filepath.Join(e.Module, "notebooks", "a.ipynb"), "")
	secret := filepath.Join(t.TempDir(), "secret")
	write(t, secret, "secret")
	if err := os.Symlink(secret, filepath.Join(e.Module, "lib", "link")); err != nil {
		t.Fatal(err)
	}
	if version() != first {
		t.Error("a notebook, or a link, is part of the version")
	}
	to := &Environment{Module: filepath.Join(t.TempDir(), "course")}
	if err := to.courseStep(e.Module).make(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(filepath.Join(to.Module, "lib", "link")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a link was copied, or what it leads to: %v", err)
	}
	write(t, filepath.Join(e.Module, "lib", "a.go"), "changed")
	second := version()
	e.Go.Version = "go1.26.1 linux/amd64"
	if second == first || version() == second {
		t.Error("a changed file, or another Go, gives the same version")
	}
}

func TestAKernelForEveryoneCanBeReadByAll(t *testing.T) {
	folder := registerShared(t, sharedCheckout(t), "gonb", t.TempDir(), "0123456789ab")
	if info, err := os.Stat(filepath.Join(folder, "kernel.json")); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("kernel.json: %v, %v", info, err)
	}
}

func TestOldVersionsThatNoKernelNamesAreRemoved(t *testing.T) {
	e, prefix := sharedCheckout(t), t.TempDir()
	named := registerShared(t, e, "gonb", prefix, "0123456789ab")
	place := filepath.Join(prefix, "lib", modulePath)
	old, other := filepath.Join(place, "000000000000"), filepath.Join(place, "mine")
	write(t, filepath.Join(old, "file"), "")
	write(t, filepath.Join(other, "file"), "")
	var out strings.Builder
	pruneVersions(place, filepath.Dir(named), &out)
	if gone(place, filepath.Base(other)) || gone(place, "0123456789ab") || !gone(place, filepath.Base(old)) || !strings.Contains(out.String(), "Removed "+old) {
		t.Errorf("said %q", out.String())
	}
}

func TestDoctorNamesTheOwnerOfAKernelForEveryone(t *testing.T) {
	e := sharedCheckout(t)
	version, err := e.version("")
	if err != nil {
		t.Fatal(err)
	}
	folder := registerShared(t, e, "gonb", t.TempDir(), version)
	want := folder + ", of " + userName(os.Geteuid()) + ", for every user"
	if found := e.examineInstalled(); len(found) != 1 || !found[0].OK || found[0].Detail != want {
		t.Errorf("found %v, want %s", found, want)
	}
	write(t, filepath.Join(e.Module, "lib", "a.go"), "changed")
	if found := e.examineInstalled(); len(found) != 1 || found[0].OK || !strings.Contains(found[0].Detail, "is out of date: the checkout or Go has changed; \"go run ./kernel install --prefix ") {
		t.Errorf("after a change: %v", found)
	}
	if found := examineCache(e.Cache); !strings.HasSuffix(found.Detail, ", of "+userName(os.Geteuid())) {
		t.Errorf("the cache: %v", found)
	}
}

func TestAnotherUserSeesAKernelForEveryone(t *testing.T) {
	owner, prefix := sharedCheckout(t), t.TempDir()
	folder := registerShared(t, owner, "gonb", prefix, "0123456789ab")
	other := sharedCheckout(t) // and another cache
	t.Setenv("JUPYTER_PATH", filepath.Join(prefix, "share", "jupyter"))
	if found := other.examineInstalled(); len(found) != 1 || !strings.HasPrefix(found[0].Detail, folder+", of ") {
		t.Errorf("found %v", found)
	}
	if removed, err := Clean(t.Context()); err != nil || gone(folder, "kernel.json") {
		t.Errorf("removed %q, %v; want that the kernel stays", removed, err)
	}
	if left := OfOthers(); len(left) != 1 || !strings.HasPrefix(left[0], folder+", for every user: it belongs to user ") {
		t.Errorf("left %q", left)
	}
}

func TestCleanRemovesASharedPlace(t *testing.T) {
	e, prefix := sharedCheckout(t), reachable(t)
	folder := registerShared(t, e, "gonb", prefix, "0123456789ab")
	place := filepath.Join(prefix, "lib", modulePath)
	foreign := filepath.Join(prefix, "share", "jupyter", "kernels", "mine")
	if err := writeSpec(foreign, kernelspec{Argv: []string{"front"}, Env: map[string]string{envvar.Shared: filepath.Join(place, "0123456789ab")}}); err != nil {
		t.Fatal(err)
	}
	if _, err := Clean(t.Context()); err == nil || !strings.Contains(err.Error(), foreign+" needs "+place) {
		t.Errorf("while another kernel needs it: %v", err)
	}
	if err := os.RemoveAll(foreign); err != nil {
		t.Fatal(err)
	}
	if _, err := Clean(t.Context()); err != nil || !gone(place, ".") || !gone(folder, ".") {
		t.Errorf("error %v; the place is gone: %v, the kernel: %v", err, gone(place, "."), gone(folder, "."))
	}
}

// A kernelspec that another user could write must not lead clean to a folder of this user's.
func TestCleanRemovesNoPlaceThatInstallWouldNotUse(t *testing.T) {
	for name, spoil := range map[string]func(prefix, folder, victim string) error{
		"the kernelspec names another folder": func(_, folder, victim string) error {
			return writeSpec(folder, kernelspec{Argv: []string{"front"}, Env: map[string]string{envvar.Shared: filepath.Join(victim, "0123456789ab")}, Metadata: map[string]string{courseOf: "/"}})
		},
		"the place is a link": func(prefix, _, victim string) error {
			place := filepath.Join(prefix, "lib", modulePath)
			return errors.Join(os.RemoveAll(place), os.Symlink(victim, place))
		},
		"others can write to the prefix": func(prefix, _, _ string) error { return os.Chmod(prefix, 0o777) },
	} {
		t.Run(name, func(t *testing.T) {
			e, prefix, victim := sharedCheckout(t), reachable(t), t.TempDir()
			write(t, filepath.Join(victim, "0123456789ab", "file"), "")
			folder := registerShared(t, e, "gonb", prefix, "0123456789ab")
			if err := spoil(prefix, folder, victim); err != nil {
				t.Fatal(err)
			}
			if _, err := Clean(t.Context()); err != nil {
				t.Error(err)
			}
			if gone(filepath.Join(victim, "0123456789ab"), "file") || name == "others can write to the prefix" && gone(filepath.Join(prefix, "lib"), modulePath) {
				t.Error("it was removed")
			}
		})
	}
}

func TestCleanGoesOnWhereItMayNotRemoveAndSaysWhoMay(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may remove everything")
	}
	e := sharedCheckout(t)
	folder := registerShared(t, e, "gonb", reachable(t), "0123456789ab")
	if err := os.Chmod(filepath.Dir(folder), 0o555); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(filepath.Dir(folder), 0o755) })
	_, err := Clean(t.Context())
	if err == nil || !strings.Contains(err.Error(), "cannot remove "+folder) || gone(e.Cache, "installed.json") {
		t.Errorf("error %v; the list of kernels is gone: %v", err, gone(e.Cache, "installed.json"))
	}
}
