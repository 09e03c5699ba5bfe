package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// readersFile writes a file with a mode, and other names that lead to it.
func readersFile(t *testing.T, mode os.FileMode, names map[string]string) (folder string) {
	t.Helper()
	folder = t.TempDir()
	path := filepath.Join(folder, "file.ipynb")
	if err := errors.Join(os.WriteFile(path, []byte("old and longer"), 0o600), os.Chmod(path, mode)); err != nil {
		t.Fatal(err)
	}
	for name, leadsTo := range names {
		if err := os.Symlink(leadsTo, filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestInPlaceAFileKeepsItsModeItsOwnerAndItsLinks(t *testing.T) {
	for _, mode := range []os.FileMode{0o600, 0o640, 0o644, 0o666, 0o700} {
		folder := readersFile(t, mode, map[string]string{"link.ipynb": "file.ipynb", "second.ipynb": "link.ipynb"})
		path := filepath.Join(folder, "file.ipynb")
		owner := os.Getuid()
		if owner == 0 { // another's file, which root may write
			owner = 12345
			if err := os.Chown(path, owner, owner); err != nil {
				t.Fatal(err)
			}
		}
		if err := replaceContent(filepath.Join(folder, "second.ipynb"), []byte("new")); err != nil {
			t.Fatal(err)
		}
		info, err := os.Lstat(path)
		if err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(path)
		if err != nil || string(content) != "new" || info.Mode() != mode || int(info.Sys().(*syscall.Stat_t).Uid) != owner {
			t.Errorf("%v: now %q, %v, of user %d, %v", mode, content, info.Mode(), info.Sys().(*syscall.Stat_t).Uid, err)
		}
		for name, leadsTo := range map[string]string{"link.ipynb": "file.ipynb", "second.ipynb": "link.ipynb"} {
			if target, err := os.Readlink(filepath.Join(folder, name)); err != nil || target != leadsTo {
				t.Errorf("%s leads to %q, %v", name, target, err)
			}
		}
		if names := namesIn(t, folder); len(names) != 3 {
			t.Errorf("left in the folder: %q", names)
		}
	}
}

func TestInPlaceAFileWithAnotherNameStaysThatFile(t *testing.T) {
	folder := readersFile(t, 0o600, nil)
	path, other := filepath.Join(folder, "file.ipynb"), filepath.Join(folder, "other.ipynb")
	if err := os.Link(path, other); err != nil {
		t.Fatal(err)
	}
	if err := replaceContent(path, []byte("new")); err != nil {
		t.Fatal(err)
	}
	if content, err := os.ReadFile(other); err != nil || string(content) != "new" {
		t.Errorf("under its other name the file holds %q, %v", content, err)
	}
}

func TestInPlaceNothingIsLostIfTheFileCannotBeWritten(t *testing.T) {
	folder := readersFile(t, 0o600, map[string]string{"nowhere.ipynb": "missing.ipynb"})
	if err := replaceContent(filepath.Join(folder, "nowhere.ipynb"), []byte("new")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("through a link to nothing: %v", err)
	}
	if err := replaceContent(folder, []byte("new")); err == nil {
		t.Error("a folder was replaced")
	}
	if names := namesIn(t, folder); !slices.Equal(names, []string{"file.ipynb", "nowhere.ipynb"}) {
		t.Errorf("left in the folder: %q", names)
	}
}

func namesIn(t *testing.T, folder string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func TestAPlaceThatCannotBeWrittenIsNamed(t *testing.T) {
	folder := readersFile(t, 0o600, nil)
	file := filepath.Join(folder, "file.ipynb")
	pipe := filepath.Join(folder, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	read := filepath.Join(folder, "pipe that is read")
	if err := syscall.Mkfifo(read, 0o600); err != nil {
		t.Fatal(err)
	}
	reader, err := os.OpenFile(read, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	for _, path := range []string{folder, filepath.Join(file, "out.ipynb"), pipe, read, "/proc/no/such"} {
		if err := writable(path); err == nil || !strings.Contains(err.Error(), path+": ") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v, want one line that names it", path, err)
		}
	}
	for _, path := range []string{file, os.DevNull, filepath.Join(folder, "new", "out.ipynb")} {
		if err := writable(path); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	if content, err := os.ReadFile(file); err != nil || string(content) != "old and longer" {
		t.Errorf("the file now holds %q, %v", content, err)
	}
	if _, err := os.Stat(filepath.Join(folder, "new", "out.ipynb")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file was left: %v", err)
	}
}
