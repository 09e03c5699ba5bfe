package python

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"

	"multiprocessing/internal/envvar"
	"multiprocessing/lib/internal/notnil"
)

// Interpreter is a Python on this machine.
type Interpreter struct {
	Path    string // of the program
	Version string // as "3.14.0"
}

// freeThreaded are the names that installers give to a free-threaded Python,
// the newest first.
var freeThreaded = []string{"python3.15t", "python3.14t", "python3.13t"}

// FreeThreaded finds a free-threaded Python: a CPython, 3.13 or later, that was
// built without the GIL (PEP 703). With Use, Deck and ThreadTrace run in it.
//
// It is the program that the environment variable MULTIPROCESSING_PYTHON_NOGIL
// names, else python3.15t, python3.14t or python3.13t on PATH. Its GIL must be
// off. If there is none, the error is one line that says how to get one, for a
// cell to print in place of the rows.
//
// It costs one start of each interpreter that it looks at (BenchmarkFreeThreaded).
func FreeThreaded(ctx context.Context) (Interpreter, error) {
	notnil.Context(ctx, "python: FreeThreaded")
	if name := os.Getenv(envvar.PythonNoGIL); name != "" {
		found, err := withoutGIL(ctx, name)
		if err != nil {
			return Interpreter{}, fmt.Errorf("python: %s is %q: %w; set it to a free-threaded Python", envvar.PythonNoGIL, name, err)
		}
		return found, nil
	}
	var broken error // the first that is there and not usable
	for _, name := range freeThreaded {
		found, err := withoutGIL(ctx, name)
		if err == nil {
			return found, nil
		}
		if broken == nil && !errors.Is(err, exec.ErrNotFound) {
			broken = fmt.Errorf(" (%s: %w)", name, err)
		}
	}
	const advice = `get one by "uv python install 3.14t" or from the system's packages, or name one in ` + envvar.PythonNoGIL
	if broken != nil {
		return Interpreter{}, fmt.Errorf("python: no Python without a GIL found%w: %s", broken, advice)
	}
	return Interpreter{}, errors.New("python: no Python without a GIL found: " + advice)
}

// aboutGIL is a program for every Python of version 3: before 3.13 there is no
// function to ask, and always a GIL.
const aboutGIL = `
import json, sys
print(json.dumps({
    "version": "%d.%d.%d" % sys.version_info[:3],
    "gil": getattr(sys, "_is_gil_enabled", lambda: True)(),
}))
`

// withoutGIL looks at the program of that name.
func withoutGIL(ctx context.Context, name string) (Interpreter, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return Interpreter{}, err
	}
	out, err := run(ctx, path, []byte(aboutGIL), nil)
	if err != nil {
		return Interpreter{}, err
	}
	var report struct {
		Version string
		GIL     bool
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		return Interpreter{}, fmt.Errorf("its report %q is not JSON: %w", shorten(out), err)
	}
	if report.GIL {
		return Interpreter{}, fmt.Errorf("it is Python %s with its GIL on", report.Version)
	}
	return Interpreter{path, report.Version}, nil
}
