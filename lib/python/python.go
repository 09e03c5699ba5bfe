// Package python runs the deck's own program, in Python 3, beside the Go.
//
// Use it where a table shows what the same work costs in Python: serial,
// with threads, with processes, with a pool (slides 7 to 10). The program is
// deck.py in this folder. Python runs as a subprocess and takes its own time,
// around what the deck times and nothing else, so that starting the
// interpreter is not in the figure. FreeThreaded finds a Python without a GIL, in
// which Use runs the same program.
//
// Cost: one run starts an interpreter, and a shell that ends it when the caller
// is gone. BenchmarkDeck measures a run with next to no work: 35 ms on a 2-core
// machine, none of it in Run.Elapsed.
package python

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"time"

	"multiprocessing/internal/envvar"
	"multiprocessing/lib/internal/notnil"
)

//go:embed deck.py
var script []byte

// Mechanism is the way in which the deck's program does its tasks.
type Mechanism string

// The deck's mechanisms.
const (
	Serial    Mechanism = "serial"    // a for loop (slide 8)
	Threads   Mechanism = "threads"   // one threading.Thread a task (slide 8)
	Processes Mechanism = "processes" // one multiprocessing.Process a task, and a Queue (slide 8)
	Pool      Mechanism = "pool"      // multiprocessing.Pool(workers).map (slide 10)
)

// Run is what one run of the deck's program reports.
type Run struct {
	Answers     []int         // prime(start) and on, in the deck's counting, where 1 counts as a prime
	Elapsed     time.Duration // what the deck times: starting its threads or processes is in it
	Version     string        // of Python, as "3.12.1"
	GIL         bool          // whether the global interpreter lock is on
	StartMethod string        // of multiprocessing: "fork", "spawn" or "forkserver"
}

// Option changes how Deck runs.
type Option func(*config)

type config struct {
	method      string
	interpreter string // the path of its program; "" is for find
}

// Use runs the program in another Python, for example the one that
// FreeThreaded finds.
func Use(i Interpreter) Option {
	return func(c *config) { c.interpreter = i.Path }
}

// StartMethod has multiprocessing start its processes by "fork", "spawn" or
// "forkserver", not by the platform's default.
func StartMethod(name string) Option {
	return func(c *config) { c.method = name }
}

// Deck finds prime(start) to prime(start+tasks-1) in Python, by the given
// mechanism. Only Pool looks at workers; Threads and Processes start one for
// each task, as the deck does.
//
// Without Use, Python is the program that the environment variable
// MULTIPROCESSING_PYTHON names, else python3, else python on PATH. It must be at
// least 3.8. Python's own variable PYTHON_GIL is not passed on. When ctx
// is done, Python and all its children are killed and ctx's error is
// returned. They end too when the calling program does, however it ends.
func Deck(ctx context.Context, m Mechanism, start, tasks, workers int, opts ...Option) (Run, error) {
	notnil.Context(ctx, "python: Deck")
	c := config{method: "default"}
	for _, o := range opts {
		o(&c)
	}
	what := fmt.Sprintf("python: running the deck's %s program", m)
	if err := check(m, c.method, start, tasks, workers); err != nil {
		return Run{}, fmt.Errorf("%s: %w", what, err)
	}
	interpreter, err := c.python()
	if err != nil {
		return Run{}, fmt.Errorf("%s: %w", what, err)
	}
	args := []string{string(m), strconv.Itoa(start), strconv.Itoa(tasks), strconv.Itoa(workers), c.method}
	out, err := run(ctx, interpreter, script, args)
	if err != nil {
		return Run{}, fmt.Errorf("%s with %s: %w", what, interpreter, err)
	}
	report, err := parse(out)
	if err != nil {
		return Run{}, fmt.Errorf("%s with %s: %w", what, interpreter, err)
	}
	return report, nil
}

func check(m Mechanism, method string, start, tasks, workers int) error {
	switch m {
	case Serial, Threads, Processes, Pool:
	default:
		return fmt.Errorf("unknown mechanism %q; use serial, threads, processes or pool", string(m))
	}
	switch method {
	case "default", "fork", "spawn", "forkserver":
	default:
		return fmt.Errorf("unknown start method %q; use fork, spawn or forkserver", method)
	}
	switch {
	case start < 1:
		return fmt.Errorf("start must be at least 1, got %d", start)
	case tasks < 1:
		return fmt.Errorf("tasks must be at least 1, got %d", tasks)
	case workers < 1:
		return fmt.Errorf("workers must be at least 1, got %d", workers)
	}
	return nil
}

// python returns the path of the interpreter.
func (c config) python() (string, error) {
	if c.interpreter != "" {
		return c.interpreter, nil
	}
	return find()
}

// find returns the path of the course's interpreter. Its version is checked by the
// script itself, which saves a start of Python.
func find() (string, error) {
	if name := os.Getenv(envvar.Python); name != "" {
		path, err := exec.LookPath(name)
		if err != nil {
			return "", fmt.Errorf("%s is %q, which cannot be run (%v); set it to a Python of at least 3.8", envvar.Python, name, err)
		}
		return path, nil
	}
	for _, name := range []string{"python3", "python"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("no Python found; install Python 3.8 or later, or name it in " + envvar.Python)
}

func parse(out string) (Run, error) {
	var report struct {
		Answers []int   `json:"answers"`
		Seconds float64 `json:"seconds"`
		Version string  `json:"version"`
		GIL     bool    `json:"gil"`
		Method  string  `json:"method"`
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		return Run{}, fmt.Errorf("its report %q is not JSON: %w", shorten(out), err)
	}
	return Run{
		Answers:     report.Answers,
		Elapsed:     time.Duration(report.Seconds * float64(time.Second)),
		Version:     report.Version,
		GIL:         report.GIL,
		StartMethod: report.Method,
	}, nil
}

func shorten(s string) string {
	if len(s) > 80 {
		return s[:80] + "..."
	}
	return s
}
