// Package cellbuild is what all builds for cells have in common: their flags, and where Go and its modules are. Set-up, the
// front and the go command of cells use it.
package cellbuild

import (
	"os"
	"path/filepath"
	"strings"

	"multiprocessing/internal/envvar"
)

// Flags are given to every build of a cell, and of the tools: else the standard library would be compiled once for the
// tools and once more for cells. The linker omits symbols and debug information, and packages are compiled without it:
// a reader would wait for both in every cell, and stack traces keep their lines, which do not come from it. The tags keep C
// code out of the packages net and os/user: Go does not look for deadlocks in a program that has any.
var Flags = []string{"-ldflags=-s", WithoutDebugging, "-tags=netgo,osusergo"}

// WithoutDebugging has packages compiled without debug information.
const WithoutDebugging = "-gcflags=all=-dwarf=false"

// GOFLAGS is the variable's value for cells.
func GOFLAGS() string { return strings.Join(Flags, " ") }

// Goroot returns the folder of the Go distribution with which cells are built.
func Goroot() string { return filepath.Dir(filepath.Dir(os.Getenv(envvar.Go))) }

// ModuleCache returns the folder of the module cache. It ignores a folder that was set with "go env -w"; then no module is
// found.
func ModuleCache() string {
	if folder := os.Getenv("GOMODCACHE"); folder != "" {
		return folder
	}
	if list := filepath.SplitList(os.Getenv("GOPATH")); len(list) > 0 && list[0] != "" {
		return filepath.Join(list[0], "pkg", "mod")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, "go", "pkg", "mod")
}
