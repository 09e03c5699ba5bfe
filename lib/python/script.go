package python

import (
	"context"
	"encoding/json"
	"fmt"

	"multiprocessing/lib/internal/notnil"
)

// Script runs a Python program that stands in the cell, with the arguments as
// its sys.argv[1:], and returns what it printed:
//
//	out, err := python.Script(ctx, "import sys\nprint(sys.version)")
//
// It is for the few lines that show a claim about Python; Deck is for the
// deck's program. The program is a file, so that multiprocessing can start
// its processes by any method; where that is not "fork" they need the usual
// if __name__ == "__main__".
//
// Python is found as Deck finds it, and ended as Deck ends it. The error has
// the last line that the program wrote to stderr. It costs one start of the
// interpreter, 17 ms on a 2-core machine (BenchmarkScript).
func Script(ctx context.Context, program string, args ...string) (string, error) {
	notnil.Context(ctx, "python: Script")
	return config{}.script(ctx, program, args)
}

func (c config) script(ctx context.Context, program string, args []string) (string, error) {
	const what = "python: running a program"
	interpreter, err := c.python()
	if err != nil {
		return "", fmt.Errorf("%s: %w", what, err)
	}
	out, err := run(ctx, interpreter, []byte(program), args)
	if err != nil {
		return "", fmt.Errorf("%s with %s: %w", what, interpreter, err)
	}
	return out, nil
}

// ScriptReport is Script for a program that prints one line of JSON, which
// fills report as encoding/json does it.
func ScriptReport(ctx context.Context, report any, program string, args ...string) error {
	notnil.Context(ctx, "python: ScriptReport")
	return config{}.scriptReport(ctx, report, program, args)
}

func (c config) scriptReport(ctx context.Context, report any, program string, args []string) error {
	out, err := c.script(ctx, program, args)
	if err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(out), report); err != nil {
		return fmt.Errorf("python: running a program: its report %q is not JSON for a %T: %w", shorten(out), report, err)
	}
	return nil
}
