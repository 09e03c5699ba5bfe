package front

import (
	"errors"
	"io/fs"
	"os"
	"time"

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/internal/gonb"
	"multiprocessing/kernel/internal/process"
)

// cellProcess is a process of a cell.
type cellProcess struct {
	process.Process
	build bool // go or goimports started by GoNB, or a descendant of these
}

// ofCell returns the processes of the running cell: all below the guard except GoNB, the runner, and background processes
// of earlier cells. It also returns GoNB's process, which has no PID if there is none.
func (f *front) ofCell() (found []cellProcess, steps process.Process) {
	guard := f.backend.guard.Process.Pid
	excluded := map[int]bool{guard: true} // these and their descendants are not the cell's
	build := map[int]bool{}
	for _, p := range process.Below(guard) { // parents before children
		switch {
		case p.Parent == guard && p.Name == gonb.Program && steps.PID == 0:
			steps = p // its children are the steps of a cell
		case f.survive[p.PID] || excluded[p.Parent] && p.Parent != guard:
			excluded[p.PID] = true
		default:
			build[p.PID] = build[p.Parent] || p.Parent == steps.PID && gonb.Builds(p.Name)
			if p.Parent != steps.PID || build[p.PID] { // not the runner: it ends after its program, when it has sent the rest of the output
				found = append(found, cellProcess{p, build[p.PID]})
			}
		}
	}
	return found, steps
}

// building reports whether the cell is still being built, that is, none of its own processes runs yet.
func (f *front) building() bool {
	processes, _ := f.ofCell()
	for _, p := range processes {
		if !p.build {
			return false
		}
	}
	return true
}

// stopCellsProcesses stops the processes that the cell's program has left behind. Background processes of a !command stay,
// because the reader started them with & on purpose. The processes of a cell's program are recognized by the pipe that
// GoNB gives it: see pipeOf.
func (f *front) stopCellsProcesses(c *execution) {
	if !c.runs {
		return
	}
	f.survive = map[int]bool{}
	processes, _ := f.ofCell()
	for _, p := range processes {
		if _, found := pipeOf(p.Process); found {
			p.Stop(interruptGrace)
		} else {
			f.survive[p.PID] = true
		}
	}
	// Linux may omit a process from the list while another one ends, so check again. The next cell may run by then; its pipe
	// still exists.
	for _, wait := range []time.Duration{100 * time.Millisecond, time.Second} {
		f.after(wait, func() {
			f.recheckSurvivors()
			processes, _ := f.ofCell()
			for _, p := range processes {
				if path, found := pipeOf(p.Process); found && isGone(path) {
					p.Stop(interruptGrace)
				}
			}
		})
	}
}

// recheckSurvivors removes processes of a cell's program from the survivors: a process that was just being started had no
// environment yet, so it was taken for a background process.
func (f *front) recheckSurvivors() {
	for _, p := range process.Below(f.backend.guard.Process.Pid) {
		if _, found := pipeOf(p); found {
			delete(f.survive, p.PID)
		}
	}
}

// pipeOf returns the path of GoNB's pipe for displays from the environment of a cell's program or of a process that it
// started.
func pipeOf(p process.Process) (path string, found bool) {
	if path, found = p.Setting(gonb.Pipe); !found {
		path, found = p.Setting(envvar.Cell)
	}
	return path, found
}

func isGone(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}
