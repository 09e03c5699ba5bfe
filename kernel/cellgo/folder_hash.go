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

// writePart writes text with its length, so that different sequences of parts have different hashes.
func writePart(h hash.Hash, text string) {
	fmt.Fprintf(h, "%d:", len(text))
	h.Write([]byte(text))
}

// local is the folder of a package that a reader can edit: a package of the course, or of another module that go.mod
// replaces with a folder.
type local struct {
	Folder string
	Root   string // the folder of its module
	Embeds bool   // the package embeds other files
	Hash   string // hash of the content
}

// unchanged reports whether the folder's content is the same as when its package was compiled.
func (l *local) unchanged() bool {
	now, err := l.hash()
	return err == nil && now == l.Hash
}

// hash returns a hash of the names and contents of all files that are part of a build. Times and sizes could miss an edit.
func (l *local) hash() (string, error) {
	h := sha256.New()
	for above := filepath.Dir(l.Folder); len(above) > len(l.Root); above = filepath.Dir(above) {
		if _, err := os.Lstat(filepath.Join(above, "go.mod")); err == nil {
			writePart(h, above) // the folder has become part of another module
		}
	}
	folder, err := filepath.EvalSymlinks(l.Folder) // WalkDir does not follow links
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

// takesPart reports whether a file of that name in a package's folder is part of its build.
func takesPart(name string) bool {
	if name == "go.mod" {
		return true
	}
	return slices.Contains(sourceSuffixes, filepath.Ext(name)) && !strings.HasSuffix(name, "_test.go") &&
		!strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "_")
}
