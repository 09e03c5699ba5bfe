// Command othersystems type-checks every package for the systems that this one is not: for macOS, and the library for
// Windows as well. go vet would do that too, but compiles all that they import, which takes ten times as long.
package main

import (
	"fmt"
	"os"

	"golang.org/x/tools/go/packages"
)

func main() {
	wrong := check("darwin", "./...") + check("windows", "./lib/...") // the kernel needs Unix; on Windows that is WSL
	if wrong > 0 {
		os.Exit(1)
	}
}

// check prints what is wrong with the packages and returns how much it is.
func check(system string, patterns ...string) int {
	all, err := packages.Load(&packages.Config{
		Mode:  packages.LoadAllSyntax &^ packages.NeedTypesInfo,
		Env:   append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0"),
		Tests: true,
	}, patterns...)
	if err != nil {
		fmt.Fprintf(os.Stderr, "checking for %s: %v\n", system, err)
		return 1
	}
	return packages.PrintErrors(all)
}
