package front

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// failure is why a cell failed, as a reader sees it. JupyterLab and nbconvert make HTML of the traceback, with its
// colors, and others show it as text: there is one error, and not the same twice.
type failure struct {
	Name      string   `json:"ename"`
	Value     string   `json:"evalue"`
	Traceback []string `json:"traceback"`
}

// content is what a reply has to say of it.
func (e failure) content() map[string]any {
	return map[string]any{"status": "error", "ename": e.Name, "evalue": e.Value, "traceback": e.Traceback}
}

const (
	red   = "\x1b[31m"
	bold  = "\x1b[1m"
	plain = "\x1b[0m"
)

// short is a failure of which there is a line to say.
func short(name, value string) *failure {
	return &failure{name, value, []string{red + name + plain + ": " + value}}
}

// failureOf tells why a cell failed, or returns nil for one that went well.
func (f *front) failureOf(c *cell) *failure {
	var reply struct {
		Status    string   `json:"status"`
		Value     string   `json:"evalue"`
		Traceback []string `json:"traceback"`
	}
	_ = json.Unmarshal(c.reply, &reply) // parsed as an object when it came
	inShell := f.shellFailure(c)
	interrupted := c.stopped != nil && len(c.exits) > 0 // a shell that is interrupted notes any status
	switch failed := reply.Status != "ok" || inShell != nil || interrupted; {
	case c.fault != nil:
		return short(c.fault.Name, c.fault.Value)
	case !failed:
		return nil
	case c.stopped != nil:
		return short("Interrupted", c.stopped.String())
	case c.output.crash.text != "":
		return f.crashed(c.output.crash.release())
	case reply.Status == "ok":
		return inShell
	case len(reply.Traceback) > 1 || strings.Contains(reply.Value, "main.go:"):
		return f.notBuilt(reply.Value, reply.Traceback)
	}
	return ended(reply.Value)
}

// ended is of a program that ended with an error and printed itself what it had to say.
func ended(how string) *failure {
	switch {
	case how == "signal: killed":
		return short("ExitError", "signal: killed; if nobody has killed it, the machine had no memory left")
	case strings.HasPrefix(how, "exit status ") || strings.HasPrefix(how, "signal: "):
		return short("ExitError", how)
	}
	return short("ERROR", how)
}

// place is a line of a cell.
type place struct{ count, line int }

func (p place) String() string { return fmt.Sprintf("Cell [%d] line %d", p.count, p.line) }

// source is the line's text, when it is still known.
func (f *front) source(p place) string {
	lines := strings.Split(f.history.code(p.count), "\n")
	if p.line < 1 || p.line > len(lines) {
		return ""
	}
	return strings.TrimRight(lines[p.line-1], "\r")
}

var (
	colors = regexp.MustCompile("\x1b\\[[0-9;]*m")
	// gonbPlace is where GoNB says that an error is, at the head of what it says about it.
	gonbPlace = regexp.MustCompile(`^Cell\[(\d+)\]: Line (\d+)$`)
	// inMainGo is how Go's tools begin a line about an error, main.go being what GoNB makes of all cells.
	inMainGo = regexp.MustCompile(`^\S*\bmain(?:_test)?\.go:\d+(?::\d+)?:? ?`)
	// noise is what a reader need not know: the name of the program, how the tool ended, and how it was called.
	noise = regexp.MustCompile(`^(# \S+|exit status \d+|note: module requires Go .*|failed to run ".*": exit status \d+)$`)
	caret = regexp.MustCompile(`^\s*\^$`)
	// unknownModule is what go says of an import for which no required module has a package.
	unknownModule = regexp.MustCompile(`(?:no required module provides package|cannot find module providing package|finding module for package) ([^\s:;]+)`)
)

// notBuilt is of a cell that did not compile. Of each line that Go's tools printed, GoNB says in the traceback's element
// of the same number where that is.
func (f *front) notBuilt(printed string, traceback []string) *failure {
	e := &failure{Name: "BuildError"}
	lines := strings.Split(printed, "\n")
	missing := map[string]bool{}
	for i, line := range lines {
		line = colors.ReplaceAllString(line, "")
		for _, match := range unknownModule.FindAllStringSubmatch(line, -1) {
			missing[match[1]] = true
		}
		said := inMainGo.ReplaceAllString(line, "")
		if strings.TrimSpace(said) == "" || noise.MatchString(said) || said == "too many errors" && i < len(lines)-2 {
			continue
		}
		var about []string
		if i < len(traceback) {
			about = strings.Split(colors.ReplaceAllString(traceback[i], ""), "\n")
		}
		e.add(f, said, about)
	}
	for path := range missing {
		e.Traceback = append(e.Traceback, fmt.Sprintf("%s is in no module of the course; add its module with %s!*go get %s%s, which needs the network", path, bold, path, plain))
	}
	if e.Value == "" {
		return ended(strings.TrimSpace(printed))
	}
	return e
}

// add adds what a tool said, with the place and the line of source that GoNB's traceback names.
func (e *failure) add(f *front, said string, about []string) {
	value, shown := said, said
	if match := gonbPlace.FindStringSubmatch(about0(about)); match != nil {
		p := place{number(match[1]), number(match[2])}
		value = p.String() + ": " + said
		shown = bold + p.String() + plain + ": " + red + said + plain
		if source := f.source(p); source != "" {
			shown += "\n    " + source
			if mark := markBelow(about, source); mark != "" {
				shown += "\n    " + mark
			}
		}
	}
	if e.Value == "" {
		e.Value = value
	}
	e.Traceback = append(e.Traceback, shown)
}

func about0(about []string) string {
	if len(about) == 0 {
		return ""
	}
	return about[0]
}

func number(digits string) int {
	n, _ := strconv.Atoi(digits) // of a match
	return n
}

// markBelow returns the line with a caret below the source, when GoNB shows one below the same text.
func markBelow(about []string, source string) string {
	for i, line := range about {
		if i > 0 && caret.MatchString(line) && strings.TrimRight(about[i-1], "\r") == source {
			column := len(line) - 1
			if column > len(source) {
				return ""
			}
			// Tabs are kept, so that the caret stands below its character.
			return regexp.MustCompile(`[^\t]`).ReplaceAllString(source[:column], " ") + "^"
		}
	}
	return ""
}

// crashed is of a program that panicked, with places in cells instead of files.
func (f *front) crashed(text string) *failure {
	first, rest, _ := strings.Cut(strings.TrimRight(text, "\n"), "\n")
	name, value, found := strings.Cut(first, ": ")
	if !found {
		name, value = "panic", first
	}
	head := red + first + plain
	rest, at := f.places(rest)
	if at != (place{}) {
		head = bold + at.String() + plain + ": " + head
	}
	return &failure{Name: name, Value: value, Traceback: append([]string{head}, strings.Split(rest, "\n")...)}
}
