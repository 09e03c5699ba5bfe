package front

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"multiprocessing/kernel/internal/supervise"
)

// stopped is a cell that was interrupted.
type stopped struct{ building bool }

func (s stopped) String() string {
	if s.building {
		return "the cell was interrupted while it was being built"
	}
	return "the cell was interrupted while it ran"
}

const (
	interruptGrace = 600 * time.Millisecond // that a program has to end by itself
	interruptTick  = 20 * time.Millisecond
)

// interrupt stops the running cell and drops those that wait.
func (f *front) interrupt() {
	f.abort()
	if f.running != nil && f.running.stopped == nil {
		f.running.stopped = &stopped{building: f.building()}
		f.stopCell()
	}
}

// stopCell ends what runs for the cell, again and again until the cell has ended: GoNB goes from one step to the next.
// Tools that build are killed, and programs asked to stop, then killed.
func (f *front) stopCell() {
	c, begun := f.running, time.Now()
	asked := map[int]bool{}
	var tick func()
	tick = func() {
		if f.running != c {
			return
		}
		for _, p := range f.ofCell() {
			switch {
			case p.build || time.Since(begun) > interruptGrace:
				p.Kill()
			case !asked[p.PID]:
				asked[p.PID] = true
				// A program that is told in another way has made such files (lib/internal/interrupt).
				files, _ := filepath.Glob(filepath.Join(f.backend.folder, fmt.Sprintf("interrupt-%d-*", p.PID)))
				for _, file := range files {
					_ = os.Remove(file)
				}
				if len(files) == 0 {
					p.Interrupt()
				}
			}
		}
		f.after(interruptTick, tick)
	}
	if gonb, found := f.gonb(); found {
		gonb.Interrupt() // it then begins nothing more for this cell
	}
	tick()
}

// process is a process below GoNB.
type process struct {
	supervise.Process
	build bool // go or goimports as GoNB calls it, or what these started
}

// gonb is GoNB's process.
func (f *front) gonb() (supervise.Process, bool) {
	guard := f.backend.guard.Process.Pid
	for _, p := range supervise.Below(guard) {
		if p.Parent == guard && p.Name == "gonb" {
			return p, true
		}
	}
	return supervise.Process{}, false
}

// ofCell returns what runs for the current cell: all below the guard but GoNB itself, the runner and what earlier cells
// left on purpose.
func (f *front) ofCell() []process {
	guard := f.backend.guard.Process.Pid
	below := supervise.Below(guard)
	gonb := 0
	kept := map[int]bool{guard: true} // not the cell's, and so not what they started
	build := map[int]bool{}
	var found []process
	for _, p := range below { // parents before children
		switch {
		case p.Parent == guard && p.Name == "gonb" && gonb == 0:
			gonb = p.PID
		case f.survive[p.PID] || kept[p.Parent] && p.Parent != guard:
			kept[p.PID] = true
		default:
			build[p.PID] = build[p.Parent] || p.Parent == gonb && (p.Name == "go" || p.Name == "goimports")
			if p.Parent != gonb || build[p.PID] { // the runner ends with its program, when it has sent what that has printed
				found = append(found, process{p, build[p.PID]})
			}
		}
	}
	return found
}

// building tells whether the cell is still being built: nothing of its own runs yet.
func (f *front) building() bool {
	for _, p := range f.ofCell() {
		if !p.build {
			return false
		}
	}
	return true
}

// endCellsProcesses ends what the cell's program has left running. What a !command has put in the background stays: a
// reader who writes & means it. The program of a cell is known by the pipe that GoNB gives it.
func (f *front) endCellsProcesses(c *cell) {
	if !c.runs {
		return
	}
	f.survive = map[int]bool{}
	for _, p := range f.ofCell() {
		if _, found := pipeOf(p.Process); found {
			end(p.Process)
		} else {
			f.survive[p.PID] = true
		}
	}
	// Linux may leave a process out of the list while another one ends. By then the next cell may run, whose pipe is there.
	for _, wait := range []time.Duration{100 * time.Millisecond, time.Second} {
		f.after(wait, func() {
			f.doubtSurvivors()
			for _, p := range f.ofCell() {
				if path, found := pipeOf(p.Process); found && isGone(path) {
					end(p.Process)
				}
			}
		})
	}
}

// doubtSurvivors takes back what was said of processes that turn out to be of a cell's program: one that was just being
// started had no environment yet.
func (f *front) doubtSurvivors() {
	for _, p := range supervise.Below(f.backend.guard.Process.Pid) {
		if _, found := pipeOf(p); found {
			delete(f.survive, p.PID)
		}
	}
}

// pipeOf returns the path of the pipe by which a cell's program shows pictures, of the program and of what it starts:
// the library takes the pipe from its own processes and leaves a mark. GoNB removes the pipe when the program has ended.
func pipeOf(p supervise.Process) (path string, found bool) {
	if path, found = p.Setting("GONB_PIPE"); !found {
		path, found = p.Setting("MULTIPROCESSING_CELL")
	}
	return path, found
}

func isGone(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// end asks a process to end, and kills it when it has not.
func end(p supervise.Process) {
	p.Ask()
	time.AfterFunc(interruptGrace, func() {
		if p.Running() {
			p.Kill()
		}
	})
}
