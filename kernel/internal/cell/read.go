// Package cell reads notebook cells and composes Go programs from them.
//
// Read separates a cell's commands from its Go. Parse splits the Go into declarations and the body of main. Declarations
// holds those of all cells, and Program composes a program from them: every declaration once, with line directives that
// name its cell and line.
//
// Cost, for a cell of 10,000 lines: 1 ms to read, 30 ms to parse, 4 ms to compose.
package cell

import (
	"regexp"
	"strings"

	"multiprocessing/kernel/internal/gonb"
)

// Cell is a cell, split into commands and Go.
type Cell struct {
	Text     string // as Normal returns it
	Special  string // the cell magic, if any: bash, sh, script, writefile or gx
	Commands []Command
	// Go is Text with blanks in place of commands and of a package clause, so that offsets are the same in both.
	Go   string
	Main int  // the offset in Go of the body of main, after %% or %schedules; -1 without a body
	Open bool // the cell ends within a comment or a raw string
}

// Command is a line that begins with % or !, with the lines that continue it.
type Command struct {
	First string // the first line, from % or ! on
	Text  string // all of it; a space is in place of each backslash and line end
}

// Name is "!", or % and a word.
func (c Command) Name() string {
	if c.Text[0] == '!' {
		return "!"
	}
	word, _, _ := strings.Cut(strings.ReplaceAll(c.Text, "\t", " "), " ")
	return word
}

// Arguments is what follows the name.
func (c Command) Arguments() string { return strings.TrimSpace(c.Text[len(c.Name()):]) }

// Schedules is the command of a cell that runs by every schedule.
const Schedules = "%schedules"

var packageClause = regexp.MustCompile(`^\s*package\s+\w+\s*;?\s*(?://.*)?$`)

// Read reads the text of a cell. Lines within strings and comments are never commands.
func Read(text string) *Cell {
	c := &Cell{Text: Normal(text), Main: -1}
	source := []byte(c.Text)
	if match := gonb.Magic.FindStringSubmatch(c.line(0)); match != nil {
		c.Special = match[1]
		blank(source)
	}
	begun := false // some Go was found
	for at := 0; at < len(source) && c.Special == ""; {
		line, from := c.line(at), at
		switch {
		case isCommand(line):
			at = c.readCommand(at)
			blank(source[from:at])
		case !begun && packageClause.MatchString(line):
			at, begun = min(at+len(line)+1, len(source)), true
			blank(source[from:at])
		default:
			var tokens bool
			at, tokens = c.skip(at)
			begun = begun || tokens
		}
	}
	c.Go = string(source)
	return c
}

// Normal returns the text of a cell with LF at the ends of lines, and without the byte order mark that it may begin with,
// as Go reads a file.
func Normal(text string) string {
	return strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n")
}

// line is the line that begins at an offset.
func (c *Cell) line(at int) string {
	line, _, _ := strings.Cut(c.Text[at:], "\n")
	return line
}

func isCommand(line string) bool {
	line = strings.TrimPrefix(line, gonb.CommandPrefix)
	return line != "" && (line[0] == '%' || line[0] == '!')
}

func (c *Cell) readCommand(at int) (next int) {
	var command Command
	for more := true; more && at < len(c.Text); {
		line := c.line(at)
		at = min(at+len(line)+1, len(c.Text))
		line = strings.TrimPrefix(line, gonb.CommandPrefix)
		if command.First == "" {
			command.First = line
		}
		if line, more = strings.CutSuffix(line, `\`); more {
			line += " "
		}
		command.Text += line
	}
	c.Commands = append(c.Commands, command)
	if name := command.Name(); c.Main < 0 && (name == "%%" || name == "%main" || name == Schedules) {
		c.Main = at
	}
	return at
}

// skip returns the offset of the next line that does not begin inside a raw string or a block comment. tokens reports
// whether there was more than blanks and comments before it.
func (c *Cell) skip(at int) (next int, tokens bool) {
	for at < len(c.Text) {
		switch rest := c.Text[at:]; {
		case rest[0] == '\n':
			return at + 1, tokens
		case strings.HasPrefix(rest, "//"):
			at += len(c.line(at))
		case strings.HasPrefix(rest, "/*"):
			at = c.behind(at+2, "*/")
		case rest[0] == '`':
			at, tokens = c.behind(at+1, "`"), true
		case rest[0] == '"' || rest[0] == '\'':
			at, tokens = at+quoted(rest), true
		default:
			tokens = tokens || rest[0] != ' ' && rest[0] != '\t' && rest[0] != '\r'
			at++
		}
	}
	return at, tokens
}

func (c *Cell) behind(at int, end string) int {
	if i := strings.Index(c.Text[at:], end); i >= 0 {
		return at + i + len(end)
	}
	c.Open = true
	return len(c.Text)
}

// quoted returns the length of the string or rune literal at the start of text. Without a closing quote the literal ends
// at the end of the line.
func quoted(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\n':
			return i
		case text[0]:
			return i + 1
		case '\\':
			if !strings.HasPrefix(text[i+1:], "\n") {
				i++
			}
		}
	}
	return len(text)
}

func blank(text []byte) {
	for i, b := range text {
		if b != '\n' {
			text[i] = ' '
		}
	}
}

// Schedule returns the arguments of %schedules, if the cell has that command.
func (c *Cell) Schedule() (arguments string, found bool) {
	for _, command := range c.Commands {
		if command.Name() == Schedules {
			return command.Arguments(), true
		}
	}
	return "", false
}

// HasGo reports whether the cell has Go code, or a %exec or %test command.
func (c *Cell) HasGo() bool {
	for at := 0; at < len(c.Go); {
		next, tokens := (&Cell{Text: c.Go}).skip(at)
		if tokens {
			return true
		}
		at = next
	}
	for _, command := range c.Commands {
		if name := command.Name(); name == "%exec" || name == "%test" {
			return true
		}
	}
	return false
}
