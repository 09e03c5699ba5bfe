package jupyter

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/coursebook"
	"multiprocessing/kernel/internal/guard"
	"multiprocessing/kernel/internal/reason"
	"multiprocessing/kernel/internal/setup"
)

// Execution is one notebook to be run from top to bottom, without a browser.
type Execution struct {
	Notebook   string
	Output     string         // where the executed notebook goes; it is written cell by cell, so a failed or stopped run keeps what it had
	Timeout    time.Duration  // for a cell
	Budget     time.Duration  // the most that a comparison of times may take; 0 for what the notebook says
	Verdicts   bool           // whether checks of exercises add their verdicts to the outputs
	Parameters string         // for papermill, as a Plan has them; empty for the notebook's own
	Progress   func(Progress) // called when a cell begins and when it ends; nil for no one
}

// ErrStopped is the error of a run that was told to stop.
var ErrStopped = errors.New("stopped")

// CellError is the error of a notebook whose run ended at a cell, or should have.
type CellError struct {
	Cell   string // as "cell 2 (In [2])"
	Line   string // what was wrong, in a line
	Detail string // all that the cell said about it
}

func (e *CellError) Error() string { return e.Cell + ": " + e.Line }

// Run executes the notebook through papermill, in a fresh kernel and in the notebook's own folder.
func (x Execution) Run(ctx context.Context, env *setup.Environment) error {
	defer x.removeEmpty()
	f, err := newFolders(env, env.Data())
	if err != nil {
		return err
	}
	defer f.remove()
	cmd, err := x.command(env, f)
	if err != nil {
		return err
	}
	log, err := os.Create(filepath.Join(f.temp, "papermill.log"))
	if err != nil {
		return fmt.Errorf("opening papermill's log: %w", err)
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	if x.Progress != nil {
		progress := filepath.Join(f.temp, "progress")
		cmd.Env = append(cmd.Env, envvar.Progress+"="+progress)
		defer follow(progress, x.Progress)()
	}
	err = guard.Guard{Grace: stopAfter}.Run(ctx, cmd)
	switch {
	case ctx.Err() != nil:
		return ErrStopped
	case err != nil:
		return x.explain(log.Name(), err)
	}
	return x.unexpectedSuccess()
}

// removeEmpty removes the output if it was made for papermill, which wrote nothing to it.
func (x Execution) removeEmpty() {
	if info, err := os.Lstat(x.Output); err == nil && info.Mode().IsRegular() && info.Size() == 0 {
		_ = os.Remove(x.Output)
	}
}

func (x Execution) command(env *setup.Environment, f folders) (*exec.Cmd, error) {
	notebook, err := filepath.Abs(x.Notebook)
	if err != nil {
		return nil, err
	}
	output, err := filepath.Abs(x.Output)
	if err != nil {
		return nil, err
	}
	arguments := []string{"-m", "papermill", asFormat(notebook), asFormat(output),
		"--cwd", filepath.Dir(notebook),
		"--kernel", setup.KernelName, "--language", "go",
		"--execution-timeout", strconv.Itoa(int(math.Ceil(x.Timeout.Seconds()))),
		"--no-progress-bar"}
	if x.Parameters != "" {
		file := filepath.Join(f.temp, "parameters.yaml")
		if err := os.WriteFile(file, []byte(x.Parameters), 0o600); err != nil {
			return nil, fmt.Errorf("writing the parameters for papermill: %w", err)
		}
		arguments = append(arguments, "--parameters_file", file)
	}
	cmd := exec.Command(env.VenvPython(), arguments...)
	cmd.Env = append(f.environment(), envvar.Session+"="+notebook) // as Jupyter's server tells a kernel its notebook
	if x.Budget > 0 {
		cmd.Env = append(cmd.Env, envvar.Budget+"="+x.Budget.String())
	}
	if x.Verdicts {
		cmd.Env = append(cmd.Env, envvar.Verdicts+"=on")
	}
	return cmd, nil
}

// asFormat quotes a path for papermill, which puts parameters where it finds braces.
func asFormat(path string) string { return strings.NewReplacer("{", "{{", "}", "}}").Replace(path) }

// osError matches Python's line for an error of the operating system: its number, its text, and what it is about.
var osError = regexp.MustCompile(`(?m)^\w+Error: \[Errno (\d+)\] ([^:\n]+)(.*)$`)

// unwritten returns an error if papermill's log ends because a disk is full, or because of the output. Other errors of the
// operating system, as too many open files, have nothing to do with it.
func (x Execution) unwritten(log []byte) error {
	for _, match := range osError.FindAllSubmatch(log, -1) {
		number, _ := strconv.Atoi(string(match[1]))
		text := strings.ToLower(string(match[2]))
		switch errno := syscall.Errno(number); {
		case errno == syscall.ENOSPC || errno == syscall.EDQUOT || errno == syscall.EFBIG:
			return fmt.Errorf("writing %s: %s; make room there and in %s, or name another place in --output", x.Output, text, os.TempDir())
		case strings.Contains(string(match[3]), filepath.Base(x.Output)):
			return fmt.Errorf("writing %s: %s; name another place in --output", x.Output, text)
		}
	}
	return nil
}

// noKernel matches what nbclient says when there is no kernel for the first cell, and frontLine what the kernel itself said.
var (
	noKernel  = regexp.MustCompile(`(?m)^Error occurred while starting new kernel client for kernel [^:\n]+: (.+)$`)
	frontLine = regexp.MustCompile(`(?m)^(?:front|guard): (.+)$`)
)

// startError is the kernel's own reason for its end, or else nbclient's word for it.
func startError(log, word []byte) []byte {
	if said := frontLine.FindAllSubmatch(log, -1); said != nil {
		return said[len(said)-1][1]
	}
	return word
}

// explain says which cell failed and why.
func (x Execution) explain(log string, err error) error {
	content, _ := os.ReadFile(log) // unreadable is as good as empty: the error itself is told below
	if err := x.unwritten(content); err != nil {
		return err
	}
	if failed := x.failedCell(); failed != nil {
		return failed
	}
	if match := noKernel.FindSubmatch(content); match != nil {
		return fmt.Errorf("the kernel did not start: %s; run \"go run ./kernel doctor\"", startError(content, match[1]))
	}
	if last := reason.LastLine(string(content)); last != "" {
		return fmt.Errorf("papermill: %s", last)
	}
	return fmt.Errorf("papermill: %w", err)
}

// failedCell finds the cell at which the executed notebook ended.
func (x Execution) failedCell() error {
	return x.find(coursebook.Cell.Failed, func(c coursebook.Cell) string {
		switch c.ErrorName() {
		case "CellTimeoutError":
			return fmt.Sprintf("took longer than %s; give more with --timeout", x.Timeout)
		case "DeadKernelError":
			return "the kernel died; run \"go run ./kernel doctor\""
		case "":
			return "was cut off"
		}
		return c.ErrorLine()
	})
}

// unexpectedSuccess finds a cell that should have shown an error and did not: the notebook's text is wrong then.
func (x Execution) unexpectedSuccess() error {
	return x.find(func(c coursebook.Cell) bool {
		return c.Type == "code" && c.ShouldFail() && c.ErrorName() == ""
	}, func(coursebook.Cell) string {
		return "is tagged raises-exception and did not fail; take off the tag, or have it fail"
	})
}

// find returns an error for the first cell of the executed notebook that is so, and nil if there is none.
func (x Execution) find(is func(coursebook.Cell) bool, line func(coursebook.Cell) string) error {
	book, err := coursebook.Read(x.Output)
	if err != nil {
		return nil // papermill says more
	}
	number := 0
	for _, c := range book.Cells {
		if !c.Added() {
			number++
		}
		if !is(c) {
			continue
		}
		name := fmt.Sprintf("cell %d", number)
		if c.ExecutionCount > 0 {
			name += fmt.Sprintf(" (In [%d])", c.ExecutionCount)
		}
		return &CellError{name, line(c), c.ErrorMessage()}
	}
	return nil
}
