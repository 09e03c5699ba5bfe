package python

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"multiprocessing/internal/envvar"
	"multiprocessing/lib/internal/cellpipe"
)

// run runs a Python program and returns what it wrote to stdout.
func run(ctx context.Context, interpreter string, program []byte, args []string) (string, error) {
	// A real file: spawn and forkserver import the program anew in each child.
	dir, err := os.MkdirTemp("", "multiprocessing-python-")
	if err != nil {
		return "", fmt.Errorf("making a folder for the program: %w", err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "program.py")
	if err := os.WriteFile(file, program, 0o600); err != nil {
		return "", fmt.Errorf("writing the program: %w", err)
	}
	var stdout, stderr strings.Builder
	cmd := guarded(ctx, append([]string{interpreter, "-B", "-W", "ignore", file}, args...))
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.Env = environment(os.Environ())
	cmd.Cancel = func() error { return killGroup(cmd.Process.Pid) }
	// A child that keeps stdout open must not block Wait.
	cmd.WaitDelay = 2 * time.Second
	stdin, err := cmd.StdinPipe() // never written to: its end tells the guard that this program has ended
	if err != nil {
		return "", fmt.Errorf("making a pipe to Python: %w", err)
	}
	defer stdin.Close()
	if err := cmd.Start(); err != nil {
		return "", fmt.Errorf("starting it: %w", err)
	}
	err = cmd.Wait()
	_ = killGroup(cmd.Process.Pid) // what the program left behind
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	if err != nil {
		return "", failure(err, stderr.String())
	}
	return stdout.String(), nil
}

// environment leaves out what would let a child write to the notebook, where
// the caller alone may write, and what would change how Python starts.
func environment(env []string) []string {
	return slices.DeleteFunc(cellpipe.Without(env), func(setting string) bool {
		name, _, _ := strings.Cut(setting, "=")
		return name == "PYTHONSTARTUP" || name == "PYTHONINSPECT" || name == "PYTHON_GIL"
	})
}

// failure puts the last line of stderr, which in Python says what happened,
// in place of a bare exit status.
func failure(err error, stderr string) error {
	lines := strings.Split(strings.TrimSpace(stderr), "\n")
	last := strings.TrimSpace(lines[len(lines)-1])
	switch {
	case last == "":
		return fmt.Errorf("it failed and wrote no reason: %w", err)
	case strings.Contains(last, "is too old"):
		return fmt.Errorf("%s; name a newer one in %s", last, envvar.Python)
	}
	return fmt.Errorf("%s (%w)", last, err)
}
