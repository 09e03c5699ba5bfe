package front

import (
	"encoding/json"
	"strings"
)

// failure is a cell's error, as the reader sees it. JupyterLab and nbconvert convert the traceback and its colors to
// HTML; other clients show it as text.
type failure struct {
	Name      string   `json:"ename"`
	Value     string   `json:"evalue"`
	Traceback []string `json:"traceback"`
}

// content returns the content of a reply with the failure.
func (e failure) content() map[string]any {
	return map[string]any{"status": "error", "ename": e.Name, "evalue": e.Value, "traceback": e.Traceback}
}

const (
	red   = "\x1b[31m"
	bold  = "\x1b[1m"
	plain = "\x1b[0m"
)

// short returns a failure of one line.
func short(name, value string) *failure {
	return &failure{name, value, []string{red + name + plain + ": " + value}}
}

// failureOf returns the failure of a cell, or nil if it succeeded.
func (f *front) failureOf(c *execution) *failure {
	var reply struct {
		Status string `json:"status"`
		Value  string `json:"evalue"`
	}
	_ = json.Unmarshal(c.reply, &reply) // parsed as an object when it came
	inShell, refused := f.shellFailure(c), f.refused(c)
	interrupted := c.stopped != nil && len(c.failed) > 0
	if c.fault != nil && c.fault.Name == "BuildError" {
		c.fault.Traceback = append(c.fault.Traceback, f.hints(c, c.fault.Traceback)...)
	}
	switch failed := reply.Status != "ok" || inShell != nil || interrupted; {
	case c.fault != nil:
		return c.fault
	case !failed:
		return nil
	case c.stopped != nil:
		e := short("Interrupted", c.stopped.String())
		if !c.builds.ok {
			e.Traceback = append(e.Traceback, f.stillDeclared(c)...)
		}
		return e
	case c.output.crash.text != "":
		return f.crashed(c.output.crash.release())
	case c.builds.ok && refused != nil:
		return refused
	case c.races.reports != nil:
		return f.raced(&c.races)
	case c.tests.failed != nil:
		return f.testsFailed(&c.tests)
	case reply.Status == "ok":
		return inShell
	case c.builds.failed:
		e := f.notBuilt(c)
		if e.Name == "BuildError" {
			e.Traceback = append(e.Traceback, f.hints(c, e.Traceback)...)
		}
		return e
	}
	if len(c.exits) > len(c.commands) {
		return ended(c.exits[len(c.commands)])
	}
	return ended(reply.Value)
}

// ended returns the failure of a program that exited with an error, and printed its own messages.
func ended(how string) *failure {
	switch {
	case how == "signal: killed":
		return short("ExitError", "signal: killed; if you did not kill it, the machine probably ran out of memory")
	case strings.HasPrefix(how, "exit status ") || strings.HasPrefix(how, "signal: "):
		return short("ExitError", how)
	}
	return short("ERROR", how)
}
