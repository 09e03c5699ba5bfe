package front

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
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
