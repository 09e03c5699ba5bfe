package front

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/internal/gonb"
	"multiprocessing/kernel/internal/process"
)

// stopped describes the interrupt of a cell.
type stopped struct{ building bool } // building: it was not yet running

func (s stopped) String() string {
	if s.building {
		return "the cell was interrupted while it was being built"
	}
	return "the cell was interrupted while it ran"
}

const (
	interruptGrace = 600 * time.Millisecond // time for a program to end before it is killed
	interruptTick  = 20 * time.Millisecond
)

// interrupt stops the running cell and drops the queued ones.
func (f *front) interrupt() {
	f.abort()
	if f.running != nil && f.running.stopped == nil {
		f.running.stopped = &stopped{building: f.building()}
		f.stopCell()
	}
}

// stopCell stops the processes of the cell repeatedly until the cell has ended, because GoNB starts one step after the
// other. It kills build tools. Programs are interrupted first, and killed after interruptGrace.
func (f *front) stopCell() {
	c, begun := f.running, time.Now()
	asked := map[int]bool{}
	var tick func()
	tick = func() {
		if f.running != c {
			return
		}
		processes, _ := f.ofCell()
		for _, p := range processes {
			switch {
			case p.build || time.Since(begun) > interruptGrace:
				p.Signal(os.Kill)
			case !asked[p.PID]:
				asked[p.PID] = true
				// A program that uses lib/internal/interrupt has made such files; removing them interrupts it.
				files, _ := filepath.Glob(filepath.Join(f.backend.folder, fmt.Sprintf("interrupt-%d-*", p.PID)))
				for _, file := range files {
					_ = os.Remove(file)
				}
				if len(files) == 0 {
					p.Signal(os.Interrupt)
				}
			}
		}
		f.after(interruptTick, tick)
	}
	if _, steps := f.ofCell(); steps.PID != 0 {
		steps.Signal(os.Interrupt) // then it starts no more steps of this cell
	}
	tick()
}

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
