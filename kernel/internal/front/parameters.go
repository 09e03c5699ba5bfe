package front

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	gocell "multiprocessing/kernel/internal/cell"
)

// refused is the failure of a cell that package parameter has ended: it says why, and the front where.
func (f *front) refused(c *cell) *failure {
	line, _, _ := strings.Cut(string(take(f.backend.refused())), "\n")
	if line == "" {
		return nil
	}
	name, _, _ := strings.Cut(line, " ")
	at, _ := c.declares.Place(name)
	return parameterError(f.placeIn(at), line)
}

// parameterError is one line: a reader looks for the cause in the cell that was run, and it is in another one.
func parameterError(at place, line string) *failure {
	if at == (place{}) {
		return short("ParameterError", line)
	}
	return &failure{"ParameterError", at.String() + ": " + line, []string{bold + at.String() + plain + ": " + red + line + plain}}
}

// again is what tools say of a name that is declared twice: its value is fine.
var again = regexp.MustCompile(`redeclared|other declaration of`)

// unfitParameter finds the parameter with a value of another type than it had, or than its limits have, when a tool has
// found an error where it is used, or in its own line. Such a value breaks the cells that use it, and these are folded.
func (f *front) unfitParameter(c *cell, errors []toolError) *failure {
	for _, p := range c.declares.Parameters() {
		at, _ := c.declares.Place(p.Name)
		before, _ := f.declared.Parameter(p.Name)
		_, misfit := p.Misfit(before)
		for _, t := range errors {
			switch {
			case again.MatchString(t.said):
			case misfit && mentions(t.said+"\n"+f.source(f.placeIn(t.in)), p.Name):
				return f.unfit(f.placeIn(at), p, p.Type)
			case t.in == at && at.Label == c.parsed.Label():
				return f.unfit(f.placeIn(at), p, t.said)
			}
		}
	}
	return nil
}

// unfitInText is unfitParameter for a cell that is no Go.
func (f *front) unfitInText(c *cell, syntax *gocell.SyntaxError) *failure {
	lines := strings.Split(gocell.Read(c.code).Text, "\n")
	i := min(syntax.Line, len(lines)) - 1
	if i > 0 && strings.TrimSpace(lines[i][:min(syntax.Column-1, len(lines[i]))]) == "" {
		i-- // the parser was not content with the line above
	}
	if p, found := gocell.ParameterOn(lines[i]); found && !strings.Contains(syntax.Message, "expected declaration") {
		return f.unfit(place{c.count, i + 1}, p, syntax.Message)
	}
	return nil
}

// unfit says what a parameter has to be, why it is not, and what it keeps when its cell was not built.
func (f *front) unfit(at place, p gocell.Parameter, why string) *failure {
	before, declared := f.declared.Parameter(p.Name)
	name := p.Name
	if want, _ := p.Misfit(before); want != "" {
		name += " (" + want + ")"
	}
	line := fmt.Sprintf("%s must be %s, got %s (%s)", name, p.Limits, cmp.Or(p.Value, "nothing"), why)
	if declared && before.Value != p.Value {
		line += "; it keeps its last valid value, " + before.Value
	}
	return parameterError(at, line+"; change it in the parameters cell, run that cell, then this one")
}
