// Command cellgo is the go command of notebook cells. Set-up installs it as "go", first on the kernel's PATH.
//
// GoNB starts every kernel, and every %reset, with "go mod init". The new go.mod requires no modules, so "go get" would
// ask the network for the newest version of each import, in every cell. cellgo executes "go mod init" differently: it
// writes a go.mod that requires the module that contains the notebook, this course's module, and everything that they
// pin, and a go.sum (package project). Then "go get" finds each import among the requirements, in its pinned version and
// without the network.
//
// cellgo also executes the commands that GoNB runs in every cell: "go get" from what it knows (go_get.go), and "go
// build" by starting the compiler and the linker itself (go_build.go), with package files that the real go command
// compiled before (compiled_packages.go), or by reusing this kernel's program of an equal cell. If it does not support
// a cell, or the build fails, it falls back to the real go command, which is slower and always correct.
// MULTIPROCESSING_FAST=off always falls back.
//
// For all other commands the real go command replaces cellgo in its process (where the operating system supports
// that), so that signals, output and exit status are those of the go command.
//
// Cost: 2 ms of its own, 8 ms for the compiler, 50 ms for the linker when a cell imports fmt, where go build takes
// 120 ms and go get 30 ms.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/internal/gonb"
)

func main() { os.Exit(run(os.Args[1:])) }

// run executes the go command line args, itself or with the real go command, and returns the exit status.
func run(args []string) int {
	goCommand := os.Getenv(envvar.Go)
	if goCommand == "" {
		return status(fmt.Errorf("%s is not set: this go command serves notebook cells only; run \"go run ./kernel install\" again", envvar.Go))
	}
	if name, ok := gonb.NewModule(args); ok && os.Getenv(envvar.Module) != "" {
		return status(initModule(".", name))
	}
	leaveWorkspaces(".")
	useOwnModules(args)
	r := newReport(args)
	if !r.wanted {
		if how, err := fast(goCommand, args); how != "" {
			return status(err)
		}
		return status(become(goCommand, args))
	}
	err := r.run(goCommand, args)
	if os.Getenv(envvar.Program) == "" {
		return status(err)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, gonb.NotBuilt) // the front gets the output of Go's tools from the report
		return 1
	}
	return 0
}

// fast executes the commands that GoNB runs in every cell, and returns how. It returns "" if the real go command must
// execute the command.
func fast(goCommand string, args []string) (how string, err error) {
	cells := os.Getenv(envvar.Cells)
	if cells == "" || os.Getenv(envvar.Fast) == "off" {
		return "", nil
	}
	cache := cellCache{folder: cells}
	if own := os.Getenv(envvar.OwnCells); own != "" {
		cache = cellCache{folder: own, below: cells}
	}
	switch verb(args) {
	case "get":
		return get(goCommand, cache, args)
	case "build":
		how, err := build(goCommand, cache, args)
		if errors.Is(err, errInterrupted) {
			return direct, err // the real go command must not start, either
		}
		if err != nil {
			explain(err)
			return "", nil
		}
		return how, nil
	}
	return "", nil
}

func verb(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return args[0]
}

// explain prints why the real go command builds a cell, if MULTIPROCESSING_FAST is "explain".
func explain(why error) {
	if os.Getenv(envvar.Fast) == "explain" {
		fmt.Fprintln(os.Stderr, "cellgo: falling back to the go command:", why)
	}
}

// status prints err and returns the exit status for it.
func status(err error) int {
	if err == nil {
		return 0
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if code := exit.ExitCode(); code > 0 {
			return code
		}
		return 1 // ended by a signal
	}
	fmt.Fprintln(os.Stderr, err)
	return 1
}
