package gonb

import "regexp"

var (
	exited         = regexp.MustCompile(`^(?:\^C\n)?((?:exit status \d+|signal: [a-z /0-9]+)(?: \(core dumped\))?)\n$`)
	unknownCommand = regexp.MustCompile(`^"(%[^"\n]*)" unknown or not implemented yet\.$`)
)

// Exited returns how a runner failed, if printed is what GoNB prints then; with ^C if it was interrupted.
func Exited(printed string) (how string, ok bool) { return matched(exited, printed) }

// UnknownCommand returns the command, if printed is what GoNB prints for a % command that it does not know.
func UnknownCommand(printed string) (command string, ok bool) {
	return matched(unknownCommand, printed)
}

func matched(pattern *regexp.Regexp, text string) (part string, ok bool) {
	if match := pattern.FindStringSubmatch(text); match != nil {
		return match[1], true
	}
	return "", false
}
