package front

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"multiprocessing/kernel/internal/cell"
)

// refused returns the failure of a cell that package parameter has ended, or nil. The package reports the reason; the
// front adds the parameter's place.
func (f *front) refused(c *execution) *failure {
	line, _, _ := strings.Cut(string(take(f.backend.refused())), "\n")
	if line == "" {
		return nil
	}
	name, _, _ := strings.Cut(line, " ")
	at, _ := c.declares.Place(name)
	return parameterError(f.placeIn(at), line)
}

// parameterError returns a failure of one line, which begins with the place of the parameter: it is usually in another
// cell than the one that failed.
func parameterError(at place, line string) *failure {
	if at == (place{}) {
		return short("ParameterError", line)
	}
	return &failure{"ParameterError", at.String() + ": " + line, []string{bold + at.String() + plain + ": " + red + line + plain}}
}

// redeclared matches messages of tools about a name that is declared twice: its value is not the cause.
var redeclared = regexp.MustCompile(`redeclared|other declaration of`)

// unfitParameter returns a failure if a tool's error is caused by a parameter whose value has a different type than before,
// or than its limits. The error is where the parameter is used, or in its own line. The cells that use parameters are
// folded, so the reader would not see the tool's error in context.
func (f *front) unfitParameter(c *execution, errors []toolError) *failure {
	for _, p := range c.declares.Parameters() {
		at, _ := c.declares.Place(p.Name)
		before, _ := f.declared.Parameter(p.Name)
		_, misfit := p.Misfit(before)
		for _, t := range errors {
			switch {
			case redeclared.MatchString(t.said):
			case misfit && mentions(t.said+"\n"+f.source(f.placeIn(t.in)), p.Name):
				return f.unfit(f.placeIn(at), p, p.Type)
			case t.in == at && at.Label == c.parsed.Label():
				return f.unfit(f.placeIn(at), p, t.said)
			}
		}
	}
	return nil
}

// unfitInText is unfitParameter for a cell with a syntax error.
func (f *front) unfitInText(c *execution, syntax *cell.SyntaxError) *failure {
	lines := strings.Split(cell.Read(c.code).Text, "\n")
	i := min(syntax.Line, len(lines)) - 1
	if i > 0 && strings.TrimSpace(lines[i][:min(syntax.Column-1, len(lines[i]))]) == "" {
		i-- // the error is in the line above
	}
	if p, found := cell.ParameterOn(lines[i]); found && !strings.Contains(syntax.Message, "expected declaration") {
		return f.unfit(place{c.count, i + 1}, p, syntax.Message)
	}
	return nil
}

// unfit returns a failure that states the limits of a parameter, its invalid value, the reason, and the value that is
// still declared.
func (f *front) unfit(at place, p cell.Parameter, why string) *failure {
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
