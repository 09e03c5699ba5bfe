//go:build unix

package ownfolder

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestAFolderIsOursOnlyIfNoOtherUserCanChangeIt(t *testing.T) {
	folder := t.TempDir()
	path := func(name string) string { return filepath.Join(folder, name) }
	for name, mode := range map[string]os.FileMode{"ours": 0o700, "for all": 0o777, "another's": 0o700} {
		if err := errors.Join(os.Mkdir(path(name), 0o700), os.Chmod(path(name), mode)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Symlink("ours", path("link")), os.WriteFile(path("file"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{"ours": true, "for all": false, "link": false, "file": false, "missing": false}
	if os.Geteuid() == 0 {
		if err := os.Chown(path("another's"), 12345, 12345); err != nil {
			t.Fatal(err)
		}
		want["another's"] = false
	}
	for name, want := range want {
		if got := Is(path(name)); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}
