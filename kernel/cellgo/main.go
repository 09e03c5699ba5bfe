// Command cellgo is the go command that notebook cells get. Set-up installs it as "go", first on the kernel's PATH.
//
// GoNB starts every kernel, and every %reset, with "go mod init", so that a cell knows no module: "go get" then asks
// the network for the newest version of each import, in every cell. cellgo answers "go mod init" with a go.mod that
// requires this course's module and everything its own go.mod pins, and with its go.sum. From then on "go get" finds
// each import among the requirements: no look-up, no network, no version but the pinned one.
//
// Everything else is handed to the real go command, which takes cellgo's place in the process (where the operating
// system can do that), so that signals, output and exit status are its own.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// The kernelspec sets both.
const (
	envGo     = "MULTIPROCESSING_GO"     // the real go command
	envModule = "MULTIPROCESSING_MODULE" // the folder of the course's module
)

func main() {
	goCommand := os.Getenv(envGo)
	if goCommand == "" {
		fail(fmt.Errorf("%s is not set: this go command serves notebook cells only; run \"go run ./kernel install\" again", envGo))
	}
	if name, ok := initArgs(os.Args[1:]); ok && os.Getenv(envModule) != "" {
		fail(initModule(".", name, os.Getenv(envModule)))
		return
	}
	fail(become(goCommand, os.Args[1:]))
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

func fail(err error) {
	if err == nil {
		return
	}
	if exit, ok := err.(*exec.ExitError); ok {
		os.Exit(exit.ExitCode())
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
