package setup

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// reachable is a folder that other users can enter, unlike those of testing.
func reachable(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "shared")
	if err == nil {
		folder, err = filepath.EvalSymlinks(folder)
	}
	if err = errors.Join(err, os.Chmod(folder, 0o755)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	return folder
}

func TestAPrefixOutsideOnesHomeIsForEveryone(t *testing.T) {
	top := reachable(t)
	home, private := filepath.Join(top, "home"), filepath.Join(top, "private")
	if err := errors.Join(os.Mkdir(home, 0o755), os.Mkdir(private, 0o700), os.Symlink(home, filepath.Join(top, "link"))); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", home)
	for prefix, want := range map[string]string{
		"": "your own Jupyter", home: "in your home", filepath.Join(home, "venv"): "in your home", filepath.Join(top, "link", "venv"): "in your home",
		private: "cannot enter " + private, filepath.Join(private, "new"): "cannot enter " + private,
		top: "", filepath.Join(top, "homes", "new"): "", "/": "",
	} {
		everyone, why := ForEveryone(prefix)
		if everyone != (want == "") || !strings.Contains(why, want) {
			t.Errorf("%q: for everyone %v, %q; want %q", prefix, everyone, why, want)
		}
	}
}

func TestAPlaceThatOthersCanChangeIsRefused(t *testing.T) {
	top := reachable(t)
	path := func(name string) string { return filepath.Join(top, name) }
	for name, mode := range map[string]os.FileMode{"ours": 0o755, "group's": 0o775, "everyone's": 0o777, "sticky": 0o777 | os.ModeSticky} {
		if err := errors.Join(os.Mkdir(path(name), 0o700), os.Chmod(path(name), mode)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Symlink(path("ours"), path("good link")), os.Symlink(path("everyone's"), path("bad link"))); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"ours": "", "ours/lib": "", "sticky/lib": "", "good link/lib": "",
		"group's": "write to " + path("group's"), "everyone's/lib/multiprocessing": "write to " + path("everyone's"), "bad link/lib": "write to " + path("everyone's"),
	}
	if os.Geteuid() == 0 {
		if err := errors.Join(os.Mkdir(path("theirs"), 0o755), os.Lchown(path("theirs"), 61001, 61001), os.Symlink(path("ours"), path("their link")),
			os.Lchown(path("their link"), 61001, 61001), os.Mkdir(path("sticky/planted"), 0o755), os.Lchown(path("sticky/planted"), 61001, 61001)); err != nil {
			t.Fatal(err)
		}
		want["theirs/lib"], want["their link/lib"], want["sticky/planted/lib"] = "belongs to user 61001", "belongs to user 61001", "belongs to user 61001"
	}
	for name, want := range want {
		err := makeSafely(path(name))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", name, err, want)
		}
	}
}

func TestWhatIsOpenedCanBeReadByAllAndWrittenByItsOwner(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	top := t.TempDir()
	modes := map[string][2]os.FileMode{ // before and after
		"file": {0o600, 0o644}, "loose": {0o666, 0o644}, "program": {0o700, 0o755}, "module": {0o444, 0o444}, "in-use.lock": {0o666, 0o600},
	}
	for name, mode := range modes {
		if err := os.WriteFile(filepath.Join(top, name), nil, mode[0]); err != nil {
			t.Fatal(err)
		}
	}
	outside := filepath.Join(t.TempDir(), "outside")
	write(t, outside, "")
	if err := errors.Join(os.Mkdir(filepath.Join(top, "folder"), 0o777), os.Mkdir(filepath.Join(top, "read-only"), 0o500), os.Symlink(outside, filepath.Join(top, "link"))); err != nil {
		t.Fatal(err)
	}
	modes["folder"], modes["read-only"], modes["."], modes[outside] = [2]os.FileMode{0, 0o755}, [2]os.FileMode{0, 0o755}, [2]os.FileMode{0, 0o755}, [2]os.FileMode{0, 0o600}
	if err := openToAll(top); err != nil {
		t.Fatal(err)
	}
	for name, mode := range modes {
		path := name
		if !filepath.IsAbs(name) {
			path = filepath.Join(top, name)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode[1] {
			t.Errorf("%s: %v, %v; want %v", name, info.Mode(), err, mode[1])
		}
	}
	if err := errors.Join(os.Chmod(filepath.Join(top, "folder"), 0o500), removeTree(top)); err != nil {
		t.Error(err)
	}
}
