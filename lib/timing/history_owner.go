package timing

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"

	"multiprocessing/internal/envvar"
)

// Environment variables that decide whose the runs of this program are.
const (
	// notebookVariable is the path of the notebook whose cell this program is.
	// The kernel sets it from what Jupyter says.
	notebookVariable = envvar.Notebook
	// checkoutVariable is the folder of the checkout that cells are built from.
	checkoutVariable = envvar.Module
	// historyVariable names a folder for the history in place of the user's.
	historyVariable = envvar.History
	// sessionVariable is GoNB's folder for the programs of one running kernel.
	sessionVariable = "GONB_TMP_DIR"
)

// historyFolder is where the runs are, one file each. Each is written under
// another name and then renamed, so that a reader, or a second writer, never
// meets half a file; nothing is ever changed in place.
func historyFolder() (string, error) {
	if dir := os.Getenv(historyVariable); dir != "" {
		return dir, nil
	}
	if inTest() {
		return "", errors.New("a test keeps runs only in the folder that " + historyVariable + " names")
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(cache, "multiprocessing", "history"), nil
}

// owner returns what all runs in one history have in common, besides the name.
// The runs of a cell belong to its notebook in its checkout, or to the running
// kernel if the notebook is not known: a client other than JupyterLab may not
// tell its path, and a notebook that was renamed is no longer at the one that
// the kernel was told. The runs of another program belong to that program in
// its working folder.
func owner() string {
	session := os.Getenv(sessionVariable)
	switch book := notebook(); {
	case !isCellOf(session):
		return program()
	case book != "":
		return join("notebook", os.Getenv(checkoutVariable), book)
	}
	return join("kernel", session)
}

// isCellOf reports whether this program is a cell of the kernel with that
// folder. GoNB builds cells in the folder, under the folder's name.
func isCellOf(session string) bool {
	exe, err := os.Executable()
	name := strings.TrimSuffix(filepath.Base(exe), ".exe")
	name = strings.TrimSuffix(name, ".program") // of the course's kernel (kernel/internal/runner)
	return err == nil && session != "" && !inTest() && name == filepath.Base(session)
}

// notebook returns the path of this cell's notebook, "" if it is not known.
func notebook() string {
	path := os.Getenv(notebookVariable)
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || !filepath.IsAbs(path) {
		return ""
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

// program identifies this program and its working folder.
func program() string {
	folder, _ := os.Getwd() // what cannot be found out stays empty
	exe, _ := os.Executable()
	pkg := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		pkg = info.Path
	}
	return join("program", folder, pkg, filepath.Base(exe), mainFile())
}

// mainFile returns the source file with function main: programs that are run
// from single files have no package of their own, and those of two checkouts
// the same. Go has it nowhere but in the stack of the first goroutine.
func mainFile() string {
	for size := 1 << 16; size <= 1<<22; size *= 4 {
		stacks := make([]byte, size)
		n := runtime.Stack(stacks, true)
		if _, call, found := strings.Cut(string(stacks[:n]), "\nmain.main()\n\t"); found {
			line, _, _ := strings.Cut(call, "\n") // as "/home/me/primes/main.go:12 +0x1d"
			return line[:max(0, strings.LastIndexByte(line, ':'))]
		}
		if n < size {
			break
		}
	}
	return ""
}

func inTest() bool { return flag.Lookup("test.v") != nil }

// join makes one text of parts, another for other parts.
func join(parts ...string) string { return strings.Join(parts, "\x00") }
