package gonb

import (
	"fmt"
	"regexp"
	"strings"

	"multiprocessing/internal/envvar"
)

// Stub is what GoNB gets in place of a cell's Go code. The front composes the program, and the go command of cells builds
// it.
const Stub = "func main() {}"

// CommandPrefix is GoNB's comment form of a command, which Go tools ignore.
const CommandPrefix = "//gonb:"

// Magic matches the first line of a cell that contains no Go.
var Magic = regexp.MustCompile(`^(?:` + CommandPrefix + `)?%%(bash|sh|script|writefile|gx)(?:[ \t]|$)`)

// RunnerName is the file name of the runner (package runner), which GoNB starts in place of a cell's program or command.
// The go command of cells puts it at the program's path, and the program beside it, with RunnerSuffix.
const (
	RunnerName   = "run"
	RunnerSuffix = ".program"
)

// Arguments of a runner that does not run a cell's program.
const (
	RunShell  = "-shell"  // a command for bash
	RunScript = "-script" // a program that reads the cell from standard input
)

// MainArguments returns the line that sets the arguments of this cell's program, and of later ones.
func MainArguments(arguments string) string { return "%args " + arguments }

// Shell returns the line with which GoNB runs a bash command through a runner. With "*" for a prefix GoNB runs it in the
// folder of the cell's module.
func Shell(prefix, command string) string {
	return "!" + prefix + `exec "$` + envvar.Runner + `" ` + RunShell + ` '` + strings.ReplaceAll(command, `'`, `'\''`) + `'`
}

// Script returns the cell with which GoNB runs a program, which reads text, through a runner.
func Script(runner, program, text string) string {
	return fmt.Sprintf("%%%%script %q %s %s\n%s", runner, RunScript, program, text)
}
