package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// How a command was done.
const (
	byGo    = "go"     // by the real go command
	direct  = "direct" // by the compiler and the linker, or for go get by what is known
	reusing = "reused" // with a binary that was there
)

// report is what MULTIPROCESSING_BUILDS is told of one command, so that the time of building can be told from the time
// of running.
type report struct {
	Verb  string `json:"verb"`
	Start int64  `json:"start"` // in ns since 1970
	End   int64  `json:"end"`
	How   string `json:"how"`
	OK    bool   `json:"ok"`
	// Output is what the front shows when it was not built, and GoNB does not get.
	Output string `json:"output,omitempty"`

	wanted bool // somebody wants to know
}

// newReport begins the report of the command line args.
func newReport(args []string) report {
	return report{Verb: verb(args), Start: time.Now().UnixNano(), wanted: os.Getenv(envBuilds) != "" && fromGoNB(args)}
}

// fromGoNB tells whether GoNB has called, and not a reader's !go build or a cell's own program: GoNB gets what a file
// imports, names none, and builds and tests a program with a name of its own.
func fromGoNB(args []string) bool {
	switch verb(args) {
	case "get":
		return len(args) == 1 || len(args) == 2 && args[1] == "-t"
	}
	return builtFor(args) != ""
}

// builtFor returns the path of the program that GoNB wants, or nothing.
func builtFor(args []string) string {
	if at := slices.Index(args, "-o"); (verb(args) == "build" || verb(args) == "test") && at > 0 && at+1 < len(args) && strings.HasPrefix(filepath.Base(args[at+1]), "gonb_") {
		return args[at+1]
	}
	return ""
}

// end appends the report. A file that cannot be written is no reason for a cell to fail.
func (r report) end(how string, ok bool) {
	if !r.wanted {
		return
	}
	r.End, r.How, r.OK = time.Now().UnixNano(), how, ok
	line, err := json.Marshal(r)
	if err != nil {
		return
	}
	file, err := os.OpenFile(os.Getenv(envBuilds), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	defer file.Close()
	_, _ = file.Write(append(line, '\n'))
}

// run does for GoNB what args say, and reports it.
func (r *report) run(goCommand string, args []string) error {
	binary := builtFor(args)
	removeRunner(binary)
	err := placeProgram()
	how := direct
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
	r.end(how, err == nil)
	return err
}

// runGo runs the real go command and waits, to tell when it ended. An interrupt reaches it too.
func (r *report) runGo(goCommand string, args []string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cmd := exec.CommandContext(ctx, goCommand, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	if os.Getenv(envProgram) == "" {
		cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
		return cmd.Run()
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.Output = string(out)
	}
	return err
}
