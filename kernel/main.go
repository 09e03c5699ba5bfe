//go:build unix

// Command kernel is all that stands between Jupyter and GoNB: it sets up a pinned environment in the user's cache
// folder, runs JupyterLab on the course, registers the kernel in the user's own Jupyter, and executes notebooks without
// a browser.
//
//	go run ./kernel lab
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"multiprocessing/kernel/internal/guard"
)

func main() {
	if status, isGuard := guard.Main(os.Args[1:]); isGuard {
		os.Exit(status)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	code := execute(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// execute runs the command line args and returns the exit status: 0 when it did all that was asked. An error is
// printed to stderr, on a line of its own.
func execute(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := &cobra.Command{
		Use:   "kernel",
		Short: "Multiprocessing in Go: notebooks, their kernel, and what they need",
		Long: "kernel runs the course's notebooks: in JupyterLab, in your own Jupyter, or without a browser.\n" +
			"It keeps what it needs in your cache folder, and nothing in the checkout.",
		SilenceUsage:      true,
		SilenceErrors:     true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		Annotations:       map[string]string{cobra.CommandDisplayNameAnnotation: program()},
	}
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.AddCommand(labCommand(), runCommand(), updateCommand(), setupCommand(), installCommand(), doctorCommand(), cleanCommand(), containerCommand())
	if err := root.ExecuteContext(ctx); err != nil {
		fmt.Fprintf(stderr, "kernel: %v\n", err)
		return 1
	}
	return 0
}

// program is what a reader types to start this command: its name where PATH leads to it, as in the image.
func program() string {
	self, _ := os.Executable()
	found, _ := exec.LookPath(filepath.Base(self))
	this, _ := os.Stat(self)
	that, _ := os.Stat(found)
	if os.SameFile(this, that) { // not if one is missing
		return filepath.Base(self)
	}
	return "go run ./kernel"
}
