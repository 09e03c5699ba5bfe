package front

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"regexp"
	"strings"

	"multiprocessing/kernel/internal/cell"
	"multiprocessing/kernel/internal/gonb"
)

// composed is the result of preparing a cell for GoNB.
type composed struct {
	code          string   // for GoNB
	commands      []string // the cell's shell commands
	captured      bool     // GoNB writes the cell's output to a file (%capture)
	password      bool     // the reader's input is not shown
	everySchedule bool     // the cell has the command %schedules
	race          bool     // the cell has the command %race
	parsed        *cell.Parsed
	declares      cell.Declarations // the declarations after the cell has been built
}

// compose reads a cell and writes its program for the go command of cells.
func (f *front) compose(c *execution) (made composed) {
	read := cell.Read(c.code)
	if read.Special != "" {
		return f.special(read)
	}
	var lines []string
	for _, command := range read.Commands { // before any of them is run
		if command.Name() == "%" { // GoNB crashes on a command without a name
			c.fault = unknownCommand(strings.TrimSpace(command.Text))
			return composed{declares: f.declared}
		}
	}
	for _, command := range read.Commands {
		if line := f.command(c, command, &made); line != "" {
			lines = append(lines, line)
		}
	}
	made.declares = f.declared
	if read.HasGo() {
		tests, fault := f.program(c, read, &made)
		if fault == nil {
			lines = append(append(lines, gonb.Stub), tests...)
			c.runs = true
		} else {
			c.fault = fault
		}
	}
	c.runs = c.runs || len(made.commands) > 0
	made.code = strings.Join(lines, "\n")
	return made
}

// program writes the cell's program. It returns empty tests, from which GoNB learns for %test which tests the cell
// declares.
func (f *front) program(c *execution, read *cell.Cell, made *composed) (tests []string, fault *failure) {
	parsed, err := read.Parse(f.origin(c))
	if syntax, ok := err.(*cell.SyntaxError); ok {
		if fault := f.unfitInText(c, syntax); fault != nil {
			return nil, fault
		}
		e := &failure{Name: "BuildError"}
		e.add(f, place{c.count, syntax.Line}, syntax.Column, f.withAssignment(syntax.Message, strings.Split(read.Go, "\n")[syntax.Line-1]))
		return nil, e
	}
	made.parsed, made.declares = parsed, f.declared.With(parsed)
	source := made.declares.Program(parsed, f.packages)
	if name, found := read.Schedule(); found {
		made.everySchedule = true
		if source, fault = f.everySchedule(source, name); fault != nil {
			return nil, fault
		}
	}
	if made.race {
		source += cell.Race
	}
	if err := os.WriteFile(f.backend.program(), []byte(source), 0o600); err != nil {
		return nil, short("ERROR", fmt.Sprintf("writing the cell's program: %v; free disk space", err))
	}
	for _, name := range parsed.Tests() {
		tests = append(tests, "func "+name+"() {}")
	}
	return tests, nil
}

// origin returns the name of the cell in the program. Equal cells have the same name, so that the program of a cell that
// is run again is the same and need not be built again. A cell that is not stored in the history has number 0.
func (f *front) origin(c *execution) cell.Origin {
	first, sum := 0, sha256.Sum256([]byte(c.code))
	if c.storeHistory {
		if f.labels[sum] == 0 {
			f.labels[sum] = c.count
		}
		first = f.labels[sum]
		f.counts[first] = c.count
	}
	origin := cell.Origin{Label: label(first)}
	origin.Owner = string(sum[:])
	var metadata struct {
		ID string `json:"cellId"` // from JupyterLab
	}
	if json.Unmarshal(c.Metadata, &metadata) == nil && metadata.ID != "" {
		origin.Owner = metadata.ID
	}
	return origin
}

// command handles a command of a cell, or converts it for GoNB. It returns the command to send to GoNB, or "".
func (f *front) command(c *execution, command cell.Command, made *composed) string {
	arguments := command.Arguments()
	switch command.Name() {
	case "!":
		return made.shell(command)
	case cell.Schedules:
		return ""
	case "%race":
		made.race = true
		return ""
	case "%%", "%main":
		if arguments == "" {
			return ""
		}
		return gonb.MainArguments(arguments)
	case "%exec":
		_, arguments, _ = strings.Cut(arguments, " ")
		return gonb.MainArguments(arguments)
	case "%capture":
		made.captured = true
	case "%with_inputs", "%with_password": // the runner asks for input when the program waits for it
		made.password = command.Name() == "%with_password"
		if !c.allowStdin {
			c.fault = noInput()
		}
		return ""
	case "%reset":
		if arguments == "" {
			f.declared = cell.Declarations{}
		}
	case "%ls", "%list":
		f.list(c)
		return ""
	case "%rm", "%remove":
		f.remove(c, strings.Fields(arguments))
		return ""
	}
	return command.Text
}

// list shows what the cells have declared, in GoNB's format.
func (f *front) list(c *execution) {
	f.showHTML(c, "<h3>Memorized Definitions</h3>\n")
	listed := f.declared.Listed()
	for i, title := range []string{"Imports", "Constants", "Types", "Variables", "Functions"} {
		names := listed[cell.Kinds[i]]
		if len(names) == 0 {
			continue
		}
		var out strings.Builder
		for _, name := range names {
			out.WriteString("<li><pre>" + html.EscapeString(name) + "</pre></li>\n")
		}
		f.showHTML(c, "<h4>"+title+"</h4>\n<ul>\n"+out.String()+"</ul>")
	}
}

func (f *front) showHTML(c *execution, text string) {
	f.publish("display_data", c.Message, map[string]any{"data": map[string]string{"text/html": text}, "metadata": struct{}{}, "transient": struct{}{}})
}

// remove removes declarations by their names, and prints which.
func (f *front) remove(c *execution, names []string) {
	for _, name := range names {
		left, kind := f.declared.Without(name)
		if kind == "" {
			f.print(c, "stderr", fmt.Sprintf(". key %q not found in any definition, not removed\n", name))
			continue
		}
		f.declared = left
		f.print(c, "stdout", fmt.Sprintf(". removed %s %s\n", kind, name))
	}
}

// shellLine parses a shell command; with * it is run in the folder of the cell's module.
var shellLine = regexp.MustCompile(`^!\s*(\*?)\s*(.*)$`)

// shell returns the line with which GoNB runs a shell command through a runner.
func (made *composed) shell(command cell.Command) string {
	match := shellLine.FindStringSubmatch(command.Text)
	if match == nil || match[2] == "" {
		return "" // GoNB crashes on a command without a name
	}
	made.commands = append(made.commands, shellLine.FindStringSubmatch(command.First)[2])
	return gonb.Shell(match[1], match[2])
}

// special composes a cell that contains no Go, for example %%bash.
func (f *front) special(read *cell.Cell) composed {
	first, rest, _ := strings.Cut(read.Text, "\n")
	_, program, _ := strings.Cut(first, read.Special)
	switch program = strings.TrimSpace(program); {
	case read.Special == "script" && program != "":
	case (read.Special == "bash" || read.Special == "sh") && program == "":
		program = read.Special
	default:
		return composed{code: read.Text} // not a program, or GoNB reports the error
	}
	return composed{code: gonb.Script(f.backend.runner(), program, rest), commands: []string{first}}
}

// shellFailure returns why the shell commands of a cell failed, or nil.
func (f *front) shellFailure(c *execution) *failure {
	for i, how := range c.exits[:min(len(c.exits), len(c.commands))] {
		if how != "" {
			return short("CommandError", how+": "+c.commands[i])
		}
	}
	if len(c.exits) < len(c.commands) && len(c.failed) > 0 {
		return short("CommandError", fmt.Sprintf("%s: %s", c.failed[0], strings.Join(c.commands, "; ")))
	}
	return nil
}
