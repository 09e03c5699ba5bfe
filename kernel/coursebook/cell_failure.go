package coursebook

import (
	"regexp"
	"slices"
	"strings"
)

// Added tells whether papermill added the cell: the values of parameters, or marks that say where an error is.
func (c Cell) Added() bool {
	return slices.Contains(c.Metadata.Tags, "papermill-error-cell-tag") || slices.Contains(c.Metadata.Tags, "injected-parameters")
}

// ShouldFail tells whether the cell is there to show an error: Jupyter's programs go on after it.
func (c Cell) ShouldFail() bool { return slices.Contains(c.Metadata.Tags, "raises-exception") }

// Failed tells whether the run ended at this cell: by its error, or because it was cut off.
func (c Cell) Failed() bool {
	return c.Metadata.Papermill.Exception || c.ErrorName() != "" && !c.ShouldFail() || c.cutOff()
}

// cutOff tells whether the cell was begun and the kernel never answered that it had ended.
func (c Cell) cutOff() bool {
	_, answered := c.Metadata.Execution["shell.execute_reply"]
	return len(c.Metadata.Execution) > 0 && !answered
}

// ErrorName is the kind of the error that the cell ended with, empty when it did not fail.
func (c Cell) ErrorName() string {
	for _, output := range c.Outputs {
		if output.Type == "error" && output.ErrorName == "" {
			return "error"
		}
		if output.Type == "error" {
			return output.ErrorName
		}
	}
	return ""
}

var (
	panicLine   = regexp.MustCompile(`^(panic|fatal error): `)
	compileLine = regexp.MustCompile(`\.go:\d+(:\d+)?: `)
	statusLine  = regexp.MustCompile(`^(exit status \d+|signal: .*)$`)
)

// ErrorLine is ErrorMessage in a line: the one that says most.
func (c Cell) ErrorLine() string {
	var lines []string
	message, stderr, _ := c.failure()
	if message == "" {
		return ""
	}
	for line := range strings.Lines(message + "\n" + stderr) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	for _, pattern := range []*regexp.Regexp{panicLine, compileLine} {
		if at := slices.IndexFunc(lines, pattern.MatchString); at >= 0 {
			return lines[at]
		}
	}
	if len(lines) == 0 {
		return ""
	}
	said := slices.DeleteFunc(lines[1:], statusLine.MatchString)
	if len(said) == 0 {
		return lines[0]
	}
	return lines[0] + ": " + said[len(said)-1]
}
