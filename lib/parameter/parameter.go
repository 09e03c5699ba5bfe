// Package parameter checks the numbers that a reader of a notebook may
// change. Its functions are called from a function whose name begins with
// init_, which GoNB runs at the start of every cell:
//
//	func init_parameters() {
//		parameter.Between("workers", workers, 1, 64)
//	}
//
// A value that is out of its range then ends the cell at once, with one line
// that says the range. Without it a cell might run for hours, or fail far
// from the cause. The ranges are those that stand in the comments of the
// notebook's parameters cell; a test compares them. A check takes no time
// that could be seen in a cell.
package parameter

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"multiprocessing/internal/envvar"
)

// program is what a check can do to the program, to be replaced by tests.
var program = struct {
	stderr io.Writer
	exit   func(status int)
}{os.Stderr, os.Exit}

// Between ends the program with exit status 1, and a line that says why, unless
// low <= value <= high. NaN is in no range.
func Between[T cmp.Ordered](name string, value, low, high T) {
	if !(low <= value && value <= high) {
		refuse("%s (%T) must be from %v to %v, got %v", name, value, low, high, value)
	}
}

// OneOf ends the program with exit status 1, and a line that says why, unless
// value is one of choices.
func OneOf[T comparable](name string, value T, choices ...T) {
	if !slices.Contains(choices, value) {
		refuse("%s (%T) must be one of %s; got %#v", name, value, list(choices), value)
	}
}

func list[T any](choices []T) string {
	texts := make([]string, len(choices))
	for i, choice := range choices {
		texts[i] = fmt.Sprintf("%#v", choice)
	}
	return strings.Join(texts, ", ")
}

// refuse writes the line for the kernel, or to stderr where there is no such
// kernel.
func refuse(format string, args ...any) {
	line := fmt.Sprintf(format+"; change it in the parameters cell, run that cell, then this one\n", args...)
	if os.WriteFile(os.Getenv(envvar.Refused), []byte(line), 0o600) != nil {
		fmt.Fprint(program.stderr, "parameter: "+line)
	}
	program.exit(1)
}
