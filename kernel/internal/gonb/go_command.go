package gonb

import (
	"path/filepath"
	"slices"
	"strings"
)

// NewModule returns the module's name if args are those of "go mod init NAME", with which GoNB begins a kernel and a
// %reset.
func NewModule(args []string) (name string, ok bool) {
	if len(args) == 3 && args[0] == "mod" && args[1] == "init" {
		return args[2], true
	}
	return "", false
}

// Gets reports whether args are those of the "go get" that GoNB runs in every cell: without a package.
func Gets(args []string) bool {
	return len(args) > 0 && args[0] == "get" && (len(args) == 1 || len(args) == 2 && args[1] == "-t")
}

// Binary returns the path of the program that GoNB builds with these arguments, or "" if a reader or a cell's program runs
// the go command.
func Binary(args []string) string {
	at := slices.Index(args, "-o")
	if at < 1 || at+1 == len(args) || args[0] != "build" && args[0] != "test" || !strings.HasPrefix(filepath.Base(args[at+1]), prefix) {
		return ""
	}
	return args[at+1]
}

// Sources maps the file names that GoNB uses for a program and a test to the names under which the built source is stored.
// For each line that a running program prints to standard error, GoNB reads the file of the first name, and crashes on
// some lines. Renaming the source prevents that.
var Sources = map[string]string{"main.go": "cell.go", "main_test.go": "cell_test.go"}

// NotBuilt is all that GoNB gets to read of a failed build: it crashes when it parses some of the compiler's texts.
const NotBuilt = "the cell was not built"
