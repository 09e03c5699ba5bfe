package front

import (
	"fmt"
	"regexp"
	"runtime"
	"strings"
)

// GoNB says that a cell went well whose !commands failed. So that the front knows better, each command notes its exit
// status in a file: a trap is put before it, on its own line, so that what it says of its lines stays true. A command
// that sets a trap of its own, or becomes another program by exec, notes nothing; then what GoNB prints of it counts.
const trap = `trap 'echo $? >>"$` + envStatus + `"' EXIT; `

var (
	commandLine = regexp.MustCompile(`^((?://gonb:)?![ \t]*\*?[ \t]*)(\S.*)$`)
	emptyLine   = regexp.MustCompile(`^(?://gonb:)?[!%][ \t]+$`)
	specialCell = regexp.MustCompile(`^(?://gonb:)?%%(bash|sh|script|writefile|gx)(?:[ \t]|$)`)
)

// withStatus returns a cell's code with traps in its shell commands, and the commands.
func withStatus(code string) (changed string, commands []string) {
	lines := strings.Split(code, "\n")
	if match := specialCell.FindStringSubmatch(lines[0]); match != nil {
		switch match[1] {
		case "bash", "sh":
			if len(lines) > 1 {
				lines[1] = trapped(lines[1])
			}
			return strings.Join(lines, "\n"), []string{lines[0]}
		case "script":
			return code, []string{lines[0]}
		}
		return code, nil
	}
	for i := 0; i < len(lines); i++ {
		match := commandLine.FindStringSubmatch(lines[i])
		switch {
		case match != nil:
			commands = append(commands, match[2])
			lines[i] = match[1] + trapped(match[2])
		case emptyLine.MatchString(lines[i]): // GoNB ends at a command without a name
			lines[i] = ""
		}
		if isCommand := match != nil || strings.HasPrefix(strings.TrimPrefix(lines[i], "//gonb:"), "%"); isCommand {
			for i < len(lines)-1 && strings.HasSuffix(lines[i], `\`) {
				i++ // the command goes on
			}
		}
	}
	return strings.Join(lines, "\n"), commands
}

func trapped(line string) string {
	if runtime.GOOS == "windows" {
		return line // GoNB starts cmd.exe there
	}
	return trap + line
}

// shellFailure returns why the shell commands of a cell failed, or nil.
func (f *front) shellFailure(c *cell) *failure {
	if len(c.commands) == 0 {
		return nil
	}
	noted := strings.Fields(string(take(f.backend.status())))
	for i, status := range noted {
		if status == "0" {
			continue
		}
		how := "exit status " + status
		if len(noted) == len(c.commands) {
			return short("CommandError", how+": "+c.commands[i])
		}
		return short("CommandError", how)
	}
	if len(noted) < len(c.commands) && len(c.exits) > 0 {
		return short("CommandError", fmt.Sprintf("%s: %s", c.exits[0], strings.Join(c.commands, "; ")))
	}
	return nil
}
