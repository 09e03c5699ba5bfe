package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// writePart writes text so that no other sequence of parts looks the same.
func writePart(h hash.Hash, text string) {
	fmt.Fprintf(h, "%d:", len(text))
	h.Write([]byte(text))
}

// local is the folder of a package that a reader can edit: of the course, or of another module that go.mod replaces by
// a folder.
type local struct {
	Folder string
	Root   string // of its module
	Embeds bool   // other files than Go's own go into it
	Hash   string // of the content
}

// unchanged tells whether the folder holds what it held when its package was compiled.
func (l *local) unchanged() bool {
	now, err := l.hash()
	return err == nil && now == l.Hash
}

// hash returns a hash of names and contents of all files that take part in a build. Times and sizes would miss an edit.
func (l *local) hash() (string, error) {
	h := sha256.New()
	for above := filepath.Dir(l.Folder); len(above) > len(l.Root); above = filepath.Dir(above) {
		if _, err := os.Lstat(filepath.Join(above, "go.mod")); err == nil {
			writePart(h, above) // it has become part of another module
		}
	}
	folder, err := filepath.EvalSymlinks(l.Folder) // WalkDir does not go into a link
	if err != nil {
		return "", err
	}
	sources := 0
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if path == folder {
			return nil
		}
		if entry.IsDir() {
			if l.Embeds {
				return nil
			}
			return filepath.SkipDir
		}
		if !l.Embeds && !takesPart(entry.Name()) {
			return nil
		}
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		writePart(h, path)
		writePart(h, string(content))
		if filepath.Ext(path) == ".go" {
			sources++
		}
		return nil
	})
	if err == nil && sources == 0 {
		err = fmt.Errorf("there is no Go file in %s", folder)
	}
	return hex.EncodeToString(h.Sum(nil)), err
}

// takesPart tells whether a file of that name in a package's folder takes part in its build.
func takesPart(name string) bool {
	if name == "go.mod" {
		return true
	}
	return slices.Contains(sourceSuffixes, filepath.Ext(name)) && !strings.HasSuffix(name, "_test.go") &&
		!strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "_")
}
