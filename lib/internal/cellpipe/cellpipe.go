// Package cellpipe hides a cell's pipes to its kernel from the processes that
// the cell starts. The protocol on these pipes allows one writer: output of a
// second process would corrupt it.
package cellpipe

import (
	"slices"
	"strings"

	"multiprocessing/internal/envvar"
)

// GoNB's settings for a cell's program.
const (
	out  = "GONB_PIPE"
	back = "GONB_PIPE_BACK"
)

// Mark is the setting that replaces the pipes in such a process; its value is
// the path of the cell's pipe. With it the kernel finds the processes that a
// cell has started, and ends them with the cell.
const Mark = envvar.Cell

// Without returns the environment for a process that a cell starts: env without
// the pipes, and with Mark. Outside a cell it is env.
func Without(env []string) []string {
	kept := make([]string, 0, len(env)+1)
	for _, setting := range env {
		switch name, value, _ := strings.Cut(setting, "="); name {
		case out:
			kept = slices.DeleteFunc(kept, isMark)
			kept = append(kept, Mark+"="+value)
		case back, envvar.Displays:
		case Mark:
			if !slices.ContainsFunc(kept, isMark) { // a pipe is newer than an inherited mark
				kept = append(kept, setting)
			}
		default:
			kept = append(kept, setting)
		}
	}
	return kept
}

func isMark(setting string) bool { return strings.HasPrefix(setting, Mark+"=") }
