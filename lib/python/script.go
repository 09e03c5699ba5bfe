package python

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"multiprocessing/lib/internal/notnil"
)

// guard runs a script, whose path is its first argument, and ends it and its
// children when the caller is gone. It is deck.py's guard for any program.
const guard = `
import os, signal, subprocess, sys, threading
if sys.version_info < (3, 8):
    sys.exit("Python %d.%d is too old, at least 3.8 is needed" % sys.version_info[:2])
work = subprocess.Popen([sys.executable, "-B", "-W", "ignore"] + sys.argv[1:], stdin=subprocess.DEVNULL)
def watch():
    while sys.stdin.read(1):
        pass
    if os.name == "posix":
        os.killpg(os.getpgrp(), signal.SIGKILL)
    work.kill()
threading.Thread(target=watch, daemon=True).start()
status = work.wait()
os._exit(status if status >= 0 else 128 - status)
`

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
// the last line that the program wrote to stderr. It costs two starts of the
// interpreter, 30 to 60 ms on a 2-core machine (BenchmarkScript).
func Script(ctx context.Context, program string, args ...string) (string, error) {
	notnil.Context(ctx, "python: Script")
	const what = "python: running a program"
	interpreter, err := find()
	if err != nil {
		return "", fmt.Errorf("%s: %w", what, err)
	}
	out, err := runScript(ctx, interpreter, program, args)
	if err != nil {
		return "", fmt.Errorf("%s with %s: %w", what, interpreter, err)
	}
	return out, nil
}

// ScriptReport is Script for a program that prints one line of JSON, which
// fills report as encoding/json does it.
func ScriptReport(ctx context.Context, report any, program string, args ...string) error {
	notnil.Context(ctx, "python: ScriptReport")
	out, err := Script(ctx, program, args...)
	if err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(out), report); err != nil {
		return fmt.Errorf("python: running a program: its report %q is not JSON for a %T: %w", shorten(out), report, err)
	}
	return nil
}

func runScript(ctx context.Context, interpreter, program string, args []string) (string, error) {
	dir, err := os.MkdirTemp("", "multiprocessing-python-")
	if err != nil {
		return "", fmt.Errorf("making a folder for the program: %w", err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "program.py")
	if err := os.WriteFile(file, []byte(program), 0o600); err != nil {
		return "", fmt.Errorf("writing the program: %w", err)
	}
	var stdout, stderr strings.Builder
	cmd := exec.CommandContext(ctx, interpreter, append([]string{"-B", "-c", guard, file}, args...)...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.Env = environment(os.Environ())
	ownGroup(cmd)
	cmd.Cancel = func() error { return killGroup(cmd.Process.Pid) }
	cmd.WaitDelay = 2 * time.Second // for a child that keeps stdout open
	stdin, err := cmd.StdinPipe()   // never written to: its end tells the guard that we are gone
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
