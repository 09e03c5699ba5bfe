package jupyter

import (
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"multiprocessing/kernel/internal/setup"
	"multiprocessing/kernel/internal/supervise"
	"multiprocessing/kernel/nbformat"
)

// Execution is one notebook to be run from top to bottom, without a browser.
type Execution struct {
	Notebook string
	Output   string        // where the executed notebook goes; it is written cell by cell, so a failed or stopped run keeps what it had
	Timeout  time.Duration // for a cell
}

// Run executes the notebook through papermill, in a fresh kernel and in the notebook's own folder. The error of a
// notebook that fails names the notebook, the cell and the cell's error.
func (x Execution) Run(ctx context.Context, env *setup.Environment) error {
	f, err := newFolders(env, env.RunData())
	if err != nil {
		return err
	}
	defer f.remove()
	notebook, err := filepath.Abs(x.Notebook)
	if err != nil {
		return err
	}
	output, err := filepath.Abs(x.Output)
	if err != nil {
		return err
	}
	seconds := int(math.Ceil(x.Timeout.Seconds()))
	cmd := exec.Command(env.VenvPython(), "-m", "papermill", notebook, output,
		"--cwd", filepath.Dir(notebook),
		"--kernel", setup.KernelName,
		"--execution-timeout", strconv.Itoa(seconds),
		"--no-progress-bar")
	cmd.Env = f.environment()
	log, err := os.Create(filepath.Join(f.temp, "papermill.log"))
	if err != nil {
		return fmt.Errorf("opening papermill's log: %w", err)
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	err = supervise.Run(ctx, cmd, stopAfter)
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("%s: stopped; what was executed is in %s", x.Notebook, x.Output)
	case err != nil:
		return fmt.Errorf("%s: %s", x.Notebook, x.explain(output, log.Name(), err))
	}
	return nil
}

// explain says in a line which cell failed and why.
func (x Execution) explain(output, log string, err error) string {
	if failed := failedCell(output); failed != "" {
		return failed
	}
	content, _ := os.ReadFile(log) // unreadable is as good as empty: the error itself is told below
	messages := string(content)
	if strings.Contains(messages, "CellTimeoutError") {
		return fmt.Sprintf("a cell took longer than %s; give more with --timeout", x.Timeout)
	}
	if strings.Contains(messages, "DeadKernelError") {
		return "the kernel died; run \"go run ./kernel doctor\""
	}
	lines := strings.Split(strings.TrimSpace(messages), "\n")
	if last := lines[len(lines)-1]; last != "" {
		return fmt.Sprintf("papermill: %s", last)
	}
	return fmt.Sprintf("papermill: %v", err)
}

// failedCell describes the cell of the executed notebook that ended in an error; it is empty when there is none.
func failedCell(path string) string {
	content, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	book, err := nbformat.Parse(content)
	if err != nil {
		return ""
	}
	number := 0
	for _, cell := range book.Cells {
		if cell.PapermillMark() {
			continue
		}
		number++
		if message := cell.ErrorMessage(); message != "" {
			return fmt.Sprintf("cell %d (In [%d]): %s", number, cell.ExecutionCount, message)
		}
	}
	return ""
}
