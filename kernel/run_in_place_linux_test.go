package main

import (
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

func TestInPlaceAFileKeepsItsExtendedAttributes(t *testing.T) {
	path := filepath.Join(readersFile(t, 0o600, nil), "file.ipynb")
	if err := unix.Setxattr(path, "user.note", []byte("keep"), 0); err != nil {
		t.Fatal(err)
	}
	if err := replaceContent(path, []byte("new")); err != nil {
		t.Fatal(err)
	}
	value := make([]byte, 10)
	if n, err := unix.Getxattr(path, "user.note", value); err != nil || string(value[:n]) != "keep" {
		t.Errorf("the attribute is %q, %v", value[:max(n, 0)], err)
	}
}
