// Package project finds the Go module or the workspace that contains a notebook, and makes the go.mod of the notebook's
// cells from it. A cell imports what a program in the notebook's folder could import, in the same versions, and the
// course's packages, too. Outside of any module, cells belong to the course's module.
//
// The files of the module and of the workspace are only read.
package project

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"

	"multiprocessing/kernel/internal/reason"
)

// find returns the path of the go.work or go.mod file for a notebook in folder, as the go command would. It returns ""
// if there is none.
func find(folder string) (string, error) {
	mod, work := above(folder, "go.mod"), above(folder, "go.work")
	if work == "" || mod == "" {
		return work + mod, nil
	}
	file, err := readWork(work)
	if err != nil {
		return "", err
	}
	for _, use := range file.Use {
		if sameFolder(inFolder(filepath.Dir(work), use.Path), filepath.Dir(mod)) {
			return work, nil
		}
	}
	return mod, nil
}

// above returns the path of the file in folder or in the nearest folder above. Like the go command, it ignores the folder
// for temporary files: every user of the machine can put a file there.
func above(folder, name string) string {
	if absolute, err := filepath.Abs(folder); err == nil {
		folder = absolute
	}
	for ; ; folder = filepath.Dir(folder) {
		path := filepath.Join(folder, name)
		if info, err := os.Stat(path); err == nil && !info.IsDir() && !sameFolder(folder, os.TempDir()) {
			return path
		}
		if folder == filepath.Dir(folder) {
			return ""
		}
	}
}

func sameFolder(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}

// inFolder returns a path that is relative to folder, or absolute, as an absolute one.
func inFolder(folder, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(folder, path)
}

func readMod(path string) (*modfile.File, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, reason.Of(err))
	}
	file, err := modfile.Parse(path, content, nil)
	if err != nil {
		return nil, broken(err)
	}
	if file.Module == nil {
		return nil, broken(fmt.Errorf("%s: no module directive", path))
	}
	return file, nil
}

func readWork(path string) (*modfile.WorkFile, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, reason.Of(err))
	}
	file, err := modfile.ParseWork(path, content, nil)
	if err != nil {
		return nil, broken(err)
	}
	return file, nil
}

// broken returns the first line of an error of Go's parser, which names the file and the line.
func broken(err error) error {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return fmt.Errorf("reading the module to which this notebook's cells belong: %s; correct that and run the cell again", line)
}
