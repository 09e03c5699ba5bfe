package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/internal/gonb"
)

// How a command was executed.
const (
	byGo    = "go"     // by the real go command
	direct  = "direct" // by cellgo itself
	reusing = "reused" // with a stored binary
)

// report is a line in the file MULTIPROCESSING_BUILDS about one command. It separates the time of building from the time
// of running.
type report struct {
	Verb  string `json:"verb"`
	Start int64  `json:"start"` // in ns since 1970
	End   int64  `json:"end"`
	How   string `json:"how"`
	OK    bool   `json:"ok"`
	// Output is the output of a failed build: the front shows it, GoNB does not get it.
	Output string `json:"output,omitempty"`

	wanted bool // the report must be written
}

// newReport starts the report of the command line args.
func newReport(args []string) report {
	return report{Verb: verb(args), Start: time.Now().UnixNano(), wanted: os.Getenv(envvar.Builds) != "" && (gonb.Gets(args) || gonb.Binary(args) != "")}
}

// write appends the report to the file. It ignores errors, because they must not make a cell fail.
func (r report) write(how string, ok bool) {
	if !r.wanted {
		return
	}
	r.End, r.How, r.OK = time.Now().UnixNano(), how, ok
	line, err := json.Marshal(r)
	if err != nil {
		return
	}
	file, err := os.OpenFile(os.Getenv(envvar.Builds), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	defer file.Close()
	_, _ = file.Write(append(line, '\n'))
}

// run executes the command line args for GoNB, and writes the report.
func (r *report) run(goCommand string, args []string) error {
	binary := gonb.Binary(args)
	removeRunner(binary)
	var err error
	if gonb.Gets(args) {
		err = renewModule(".")
	}
	if err == nil {
		err = placeProgram()
	}
	how := direct
	if r.Verb == "build" && wantsRace() {
		args = append(slices.Clip(args), "-race")
	}
	if err == nil {
		how, err = fast(goCommand, args)
	}
	if err != nil {
		r.Output = err.Error()
	}
	if how == "" {
		how = byGo
		err = r.runGo(goCommand, args)
	}
	if err == nil {
		err = placeRunner(binary)
	}
	if err == nil && r.Verb != "get" {
		keepProgram()
	}
	r.write(how, err == nil)
	return err
}

// runGo runs the real go command and waits, to record when it ended. It forwards interrupts.
func (r *report) runGo(goCommand string, args []string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cmd := exec.CommandContext(ctx, goCommand, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	if os.Getenv(envvar.Program) == "" {
		cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
		return cmd.Run()
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.Output = string(out)
	}
	return err
}
