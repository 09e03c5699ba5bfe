// Package guard runs programs below a guard: a process that owns all processes below it, even detached ones, and kills them
// when the program ends, or when the process that started the guard does, in whatever way. Its standard input is a pipe that
// only that process holds open, so it notices even that it was killed. The front has GoNB run below a guard, lab JupyterLab,
// and run papermill.
//
// A guard is this same program, started with Argument, so the main function of each such program calls Main. It has its own
// session: jupyter_client kills a kernel's process group, and a terminal interrupts one.
package guard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"multiprocessing/kernel/internal/folder"
)

// Argument is the first command line argument that makes a program a guard.
const Argument = "-guard"

// Guard says how a program runs below a guard.
type Guard struct {
	Folder string        // removed at the end, if not empty
	Grace  time.Duration // time that the program has to end before it is killed
}

// Command returns the command of a guard that runs cmd, with its environment, folder and output. The guard runs until cmd
// ends or the guard's standard input reaches its end. Its exit status is that of cmd. Set the output of cmd to files, not to
// other writers: a process that cmd leaves behind holds the pipe to a writer open.
func (g Guard) Command(cmd *exec.Cmd) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this program: %w", err)
	}
	guard := exec.Command(self, append([]string{Argument, g.Folder, g.Grace.String(), cmd.Path}, cmd.Args[1:]...)...)
	guard.Dir, guard.Env, guard.Stdout, guard.Stderr = cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr
	guard.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return guard, nil
}

// Run runs cmd below a guard. When ctx ends, cmd is asked to end, with SIGTERM. Nothing that cmd has started runs when Run
// returns.
func (g Guard) Run(ctx context.Context, cmd *exec.Cmd) error {
	guard, err := g.Command(cmd)
	if err != nil {
		return err
	}
	life, err := guard.StdinPipe()
	if err != nil {
		return err
	}
	if err := guard.Start(); err != nil {
		return fmt.Errorf("starting the guard: %w", err)
	}
	defer context.AfterFunc(ctx, func() { life.Close() })()
	return guard.Wait()
}

// Main is the main function of a guard, and returns the exit status. It returns at once if args, the command line without
// the program's name, are not those of one.
func Main(args []string) (status int, isGuard bool) {
	if len(args) == 0 || args[0] != Argument {
		return 0, false
	}
	if len(args) < 4 {
		fmt.Fprintf(os.Stderr, "guard: %s needs a folder, a time and a program; only the kernel itself uses it\n", Argument)
		return 2, true
	}
	grace, _ := time.ParseDuration(args[2]) // of Command
	if args[1] != "" {
		defer folder.RemoveAll(args[1])
	}
	signal.Notify(make(chan os.Signal, 1), os.Interrupt) // ignored here: interrupts are for the cell's program
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	cmd := exec.Command(args[3], args[4:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	err := supervise(ctx, cmd, grace)
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0, true
	case errors.As(err, &exit):
		return max(exit.ExitCode(), 1), true // -1 for a signal
	}
	fmt.Fprintf(os.Stderr, "guard: starting %s: %v; run \"go run ./kernel doctor\"\n", filepath.Base(args[3]), err)
	return 1, true
}
