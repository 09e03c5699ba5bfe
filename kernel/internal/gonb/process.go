package gonb

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"
)

// Program is the name of GoNB's program and of its process.
const Program = "gonb"

// Builds reports whether a process that GoNB has started builds a cell, by its name.
func Builds(name string) bool { return name == "go" || name == "goimports" }

// Pipe is the variable that names GoNB's pipe for displays to a cell's program. GoNB removes the pipe when the program has
// exited. The library passes the path to its worker processes in another variable (envvar.Cell).
const Pipe = "GONB_PIPE"

// prefix begins the names of a kernel's folder, below TMPDIR, of its module and of the programs in it.
const prefix = "gonb_"

// InTests is what stands for package main in the traces of a test: the path of the cell's module, which ends with the name
// that GoNB gives it.
var InTests = regexp.MustCompile(`(?:[^\s()]+/)?\b` + prefix + `[0-9a-f]{8}\.`)

// Folder returns the folder in which GoNB builds the cells of the only kernel with this TMPDIR.
func Folder(temp string) (string, error) {
	modules, _ := fs.Glob(os.DirFS(temp), prefix+"*/go.mod") // the folder's own name may look like a pattern
	if len(modules) != 1 {
		return "", errors.New("GoNB is not ready")
	}
	return filepath.Join(temp, filepath.Dir(modules[0])), nil
}

// Linked returns when the last program of the kernel with this TMPDIR was linked.
func Linked(temp string) (last time.Time) {
	folder := os.DirFS(temp)
	programs, _ := fs.Glob(folder, prefix+"*/"+prefix+"*")
	for _, path := range programs {
		if info, err := fs.Stat(folder, path); err == nil && info.Mode().IsRegular() && info.ModTime().After(last) {
			last = info.ModTime()
		}
	}
	return last
}
