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
	content, _ := os.ReadFile(log) // unreadable is as good as empty: the error itself is told below
	messages := string(content)
	cell, message := failedCell(output)
	switch {
	// The cell may hold an error too: it is interrupted when its time is up.
	case strings.Contains(messages, "CellTimeoutError"):
		return fmt.Sprintf("%s: took longer than %s; give more with --timeout", cell, x.Timeout)
	case strings.Contains(messages, "DeadKernelError"):
		return cell + ": the kernel died; run \"go run ./kernel doctor\""
	case message != "":
		return cell + ": " + message
	}
	lines := strings.Split(strings.TrimSpace(messages), "\n")
	if last := lines[len(lines)-1]; last != "" {
		return fmt.Sprintf("papermill: %s", last)
	}
	return fmt.Sprintf("papermill: %v", err)
}

// failedCell finds the cell at which the executed notebook ended, and the error that it shows, which is empty when the
// cell was cut off.
func failedCell(path string) (cell, message string) {
	cell = "a cell"
	content, err := os.ReadFile(path)
	if err != nil {
		return cell, ""
	}
	book, err := nbformat.Parse(content)
	if err != nil {
		return cell, ""
	}
	number := 0
	for _, c := range book.Cells {
		if c.PapermillMark() {
			continue
		}
		number++
		message := c.ErrorMessage()
		if message == "" && !c.CutOff() {
			continue
		}
		cell = fmt.Sprintf("cell %d", number)
		if c.ExecutionCount > 0 {
			cell += fmt.Sprintf(" (In [%d])", c.ExecutionCount)
		}
		return cell, message
	}
	return cell, ""
}
