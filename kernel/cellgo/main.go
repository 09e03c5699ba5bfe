// Command cellgo is the go command that notebook cells get. Set-up installs it as "go", first on the kernel's PATH.
//
// GoNB starts every kernel, and every %reset, with "go mod init", so that a cell knows no module: "go get" then asks
// the network for the newest version of each import, in every cell. cellgo answers "go mod init" with a go.mod that
// requires this course's module and everything its own go.mod pins, and with its go.sum. From then on "go get" finds
// each import among the requirements: no look-up, no network, no version but the pinned one.
//
// It also answers what GoNB asks in every cell: "go get" from what it knows (get.go), and "go build" by starting the
// compiler and the linker itself (build.go), with the package files that the real go command once gave it
// (packages.go), or by the binary that it built of the same cell before. What is not just as usual, and whatever
// fails, it leaves to the real go command: slower, and always right. MULTIPROCESSING_FAST=off leaves it everything.
//
// Everything else is handed to the real go command, which takes cellgo's place in the process (where the operating
// system can do that), so that signals, output and exit status are its own.
//
// Cost: 2 ms of its own, 8 ms for the compiler, 50 ms for the linker when a cell imports fmt, where go build takes
// 120 ms and go get 30 ms.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// The kernelspec sets the first three.
const (
	envGo       = "MULTIPROCESSING_GO"        // the real go command
	envModule   = "MULTIPROCESSING_MODULE"    // the folder of the course's module
	envCells    = "MULTIPROCESSING_CELLS"     // the folder for what is kept from cell to cell; without it nothing is fast
	envOwnCells = "MULTIPROCESSING_OWN_CELLS" // the folder that is written to in its place, where that one is only read
	envFast     = "MULTIPROCESSING_FAST"      // "off": the real go command does everything but go mod init
	envBuilds   = "MULTIPROCESSING_BUILDS"    // the file that is told of each build
)

func main() { os.Exit(run(os.Args[1:])) }

// run answers the go command line args, or has the real go command do it, and returns the exit status.
func run(args []string) int {
	goCommand := os.Getenv(envGo)
	if goCommand == "" {
		return status(fmt.Errorf("%s is not set: this go command serves notebook cells only; run \"go run ./kernel install\" again", envGo))
	}
	if name, ok := initArgs(args); ok && os.Getenv(envModule) != "" {
		return status(initModule(".", name, os.Getenv(envModule)))
	}
	r := newReport(args)
	if !r.wanted {
		if how, err := fast(goCommand, args); how != "" {
			return status(err)
		}
		return status(become(goCommand, args))
	}
	err := r.run(goCommand, args)
	if os.Getenv(envProgram) == "" {
		return status(err)
	}
	if err != nil {
		// The front knows what Go's tools said. GoNB looks for places in it, and dies of some texts.
		fmt.Fprintln(os.Stderr, "the cell was not built")
		return 1
	}
	return 0
}

// fast answers what GoNB asks in every cell, and returns how; "" says that the real go command has to.
func fast(goCommand string, args []string) (how string, err error) {
	cells := os.Getenv(envCells)
	if cells == "" || os.Getenv(envFast) == "off" {
		return "", nil
	}
	kept := store{folder: cells}
	if own := os.Getenv(envOwnCells); own != "" {
		kept = store{folder: own, below: cells}
	}
	switch verb(args) {
	case "get":
		return get(kept, args)
	case "build":
		how, err := build(goCommand, kept, args)
		if errors.Is(err, errInterrupted) {
			return direct, err // nobody waits for the real go command either
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

// explain says why the real go command builds a cell, when MULTIPROCESSING_FAST=explain asks for it.
func explain(why error) {
	if os.Getenv(envFast) == "explain" {
		fmt.Fprintln(os.Stderr, "cellgo: go build does it:", why)
	}
}

// initArgs returns the module name when args are those of GoNB's "go mod init NAME".
func initArgs(args []string) (name string, ok bool) {
	if len(args) == 3 && args[0] == "mod" && args[1] == "init" {
		return args[2], true
	}
	return "", false
}

// initModule writes to folder dir the go.mod and go.sum of module name, pinned as the module in folder course is.
func initModule(dir, name, course string) error {
	path := filepath.Join(dir, "go.mod")
	if _, err := os.Stat(path); err == nil {
		return fmt.Errorf("go: %s already exists", path)
	}
	source, err := os.ReadFile(filepath.Join(course, "go.mod"))
	if err != nil {
		return fmt.Errorf("pinning the cell's modules: %w; is the course's folder gone? Run \"go run ./kernel install\" from where it is now", err)
	}
	mod, err := cellModule(source, name, course)
	if err != nil {
		return fmt.Errorf("pinning the cell's modules: %w", err)
	}
	sums, err := os.ReadFile(filepath.Join(course, "go.sum"))
	if err != nil {
		return fmt.Errorf("pinning the cell's modules: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.sum"), sums, 0o600); err != nil {
		return err
	}
	return os.WriteFile(path, mod, 0o600)
}

// status prints err and returns the exit status that tells of it.
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

// 2
