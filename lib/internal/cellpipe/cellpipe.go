// Package cellpipe keeps the processes that a notebook cell starts away from
// the pipes by which the cell shows pictures and asks its kernel. The
// protocol allows for one writer; a worker that used them, too, would break
// it.
package cellpipe

import (
	"slices"
	"strings"
)

// GoNB's settings for a cell's program.
const (
	out  = "GONB_PIPE"
	back = "GONB_PIPE_BACK"
)

// displays is the setting of the course's kernel by which a program shows
// something.
const displays = "MULTIPROCESSING_DISPLAYS"

// Mark is the setting that a process has in place of the pipes, with the
// path of the cell's. By it the kernel knows what a cell has started, and
// ends it with the cell.
const Mark = "MULTIPROCESSING_CELL"

// Without returns the environment for a process that a cell starts. Outside
// of a cell it is env.
func Without(env []string) []string {
	kept := make([]string, 0, len(env)+1)
	for _, setting := range env {
		switch name, value, _ := strings.Cut(setting, "="); name {
		case out:
			kept = slices.DeleteFunc(kept, isMark)
			kept = append(kept, Mark+"="+value)
		case back, displays:
		case Mark:
			if !slices.ContainsFunc(kept, isMark) { // the pipe says it better
				kept = append(kept, setting)
			}
		default:
			kept = append(kept, setting)
		}
	}
	return kept
}

func isMark(setting string) bool { return strings.HasPrefix(setting, Mark+"=") }
