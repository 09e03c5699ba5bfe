package front

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"multiprocessing/kernel/internal/cell"
)

var (
	colors = regexp.MustCompile("\x1b\\[[0-9;]*m")
	// inCell matches a line of a tool about a place in a cell, perhaps followed by the place in the program.
	inCell = regexp.MustCompile(`^\s*(?:[^:\n]*[/\\])?Cell \[(\d+)\]:(\d+)(?::(\d+))?(?:\[[^\]\n]*\.go:\d+:\d+\])?:? ?(.*)$`)
	// inMainGo matches the start of a tool's line about generated code.
	inMainGo = regexp.MustCompile(`^\S*\b(?:main(?:_test)?\.go|generated):\d+(?::\d+)?:? ?`)
	// noise matches lines without use to the reader: the name of the program, and how the tool ended.
	noise = regexp.MustCompile(`^(# \S+( \[\S+\])?|exit status \d+|note: module requires Go .*)$`)
	// unknownModule matches what go prints about an import that no required module provides.
	unknownModule = regexp.MustCompile(`(?:no required module provides package|cannot find module providing package|finding module for package) ([^\s:;]+)`)
)

// toolError is a message of a tool about a place in a cell. Without a place it continues the previous message.
type toolError struct {
	in     cell.Place // with the cell's label in the program
	column int
	said   string
}

// notBuilt returns the failure of a cell that did not compile, from the output of Go's tools.
func (f *front) notBuilt(c *execution) *failure {
	printed := colors.ReplaceAllString(c.builds.output, "")
	all := f.toolErrors(printed)
	if e := f.unfitParameter(c, all); e != nil {
		return e
	}
	e := &failure{Name: "BuildError"}
	for i, t := range all {
		if i == 0 {
			t.said += f.changedFor(c, t)
		}
		e.add(f, f.placeIn(t.in), t.column, t.said)
	}
	missing := map[string]bool{}
	for _, match := range unknownModule.FindAllStringSubmatch(printed, -1) {
		if path := match[1]; !missing[path] {
			missing[path] = true
			e.Traceback = append(e.Traceback, fmt.Sprintf("%s is not in a module of the course; add its module with %s!*go get %s%s, which needs the network", path, bold, path, plain))
		}
	}
	if e.Value == "" {
		return short("BuildError", "the cell was not built, and Go's tools do not say why")
	}
	return e
}

func (f *front) toolErrors(printed string) (all []toolError) {
	lines := strings.Split(printed, "\n")
	for i, line := range lines {
		if match := inCell.FindStringSubmatch(line); match != nil {
			all = append(all, toolError{cell.Place{Label: label(number(match[1])), Line: number(match[2])}, number(match[3]), f.placesIn(match[4])})
			continue
		}
		said := inMainGo.ReplaceAllString(line, "")
		if strings.TrimSpace(said) == "" || noise.MatchString(said) || said == "too many errors" && i < len(lines)-2 {
			continue
		}
		all = append(all, toolError{said: f.placesIn(said)})
	}
	return all
}

// add adds a message about a place, with its source line and a mark below the column, or no mark if column is 0.
func (e *failure) add(f *front, p place, column int, said string) {
	value, shown := said, said
	if p != (place{}) {
		value = p.String() + ": " + said
		shown = bold + p.String() + plain + ": " + red + said + plain
		if source := f.source(p); source != "" {
			shown += "\n    " + source
			if 0 < column && column <= len(source)+1 {
				// Tabs stay, so that the mark is below its character.
				shown += "\n    " + regexp.MustCompile(`[^\t]`).ReplaceAllString(source[:column-1], " ") + "^"
			}
		}
	}
	if e.Value == "" {
		e.Value = value
	}
	e.Traceback = append(e.Traceback, shown)
}

func number(digits string) int {
	n, _ := strconv.Atoi(digits) // of a match
	return n
}
