package cluster

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime"
	"sync"

	"multiprocessing/lib"
	"multiprocessing/lib/cluster/internal/wire"
	"multiprocessing/lib/internal/registered"
)

// ofLib matches the functions that are the same in every program with the
// same lib: the functions and methods that a package of lib exports. A
// closure is not among them, for what it has captured may differ.
var ofLib = regexp.MustCompile(`^multiprocessing/lib/[a-z0-9/]+(\.\p{Lu}[\pL\pN_]*){1,2}$`)

// sameProgram is the version of every task in workers of one program.
func sameProgram(*registered.Task) string { return "this program" }

// codeOf returns the version of a task's code in this program. A worker runs a
// task only if its own version is the same.
//
// For a function of lib it is the version of lib, and the architecture,
// because values travel as they lie in memory, and because floating-point
// results may differ in the last digit. How the program was built does not
// count: one that is stripped, static or has the race detector agrees with one
// that is not. Any other function may be anything: there it is the program
// itself.
func codeOf(t *registered.Task) string {
	if ofLib.MatchString(t.Function) {
		return fmt.Sprintf("lib %s for %s, %s of %s", lib.Version(), runtime.GOARCH, t.Function, t.Types)
	}
	return "program " + programVersion()
}

// programVersion stands for this program: a hash of its file, or of nothing
// but this process if that cannot be read.
var programVersion = sync.OnceValue(func() string {
	file, _ := os.Executable()
	if runtime.GOOS == "linux" {
		file = "/proc/self/exe" // even if it has been deleted since
	}
	hash := sha256.New()
	f, err := os.Open(file)
	if err == nil {
		defer f.Close()
		_, err = io.Copy(hash, f)
	}
	if err != nil {
		return wire.NewName()
	}
	return fmt.Sprintf("%x", hash.Sum(nil)[:6])
})
