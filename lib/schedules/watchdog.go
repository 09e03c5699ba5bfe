package schedules

import (
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// The limits of a cell: for the exploration, and for what a goroutine computes between two steps.
const (
	cellLimit  = time.Minute
	pauseLimit = 5 * time.Second
)

// running is the number of the goroutine of the program that runs, or 0; beats counts how often it has changed.
var (
	running atomic.Int32
	beats   atomic.Uint64
)

func beat(id int) {
	running.Store(int32(id))
	beats.Add(1)
}

// guardTime ends the process if a goroutine of the program takes no step for too long, for example in a loop without steps:
// nothing else can stop it. It says where the goroutine is.
func guardTime(home string) (stop func()) {
	end := make(chan struct{})
	go func() {
		const period = pauseLimit / 10
		ticker := time.NewTicker(period)
		defer ticker.Stop()
		last, same := uint64(0), 0
		for {
			select {
			case <-end:
				return
			case <-ticker.C:
			}
			if n := beats.Load(); n != last || running.Load() == 0 {
				last, same = n, 0
				continue
			}
			if same++; same == 10 {
				stuck := goroutine{id: int(running.Load())}
				fmt.Fprintf(os.Stderr, "%%schedules: %s takes no step for %v%s: end the loop, or call runtime.Gosched in it\n", stuck.name(), pauseLimit, whereStuck(home))
				os.Exit(1)
			}
		}
	}()
	return func() { close(end) }
}

var traceLine = regexp.MustCompile(`(?m)^\t(.*):(\d+)(?: \+0x[0-9a-f]+)?$`)

// whereStuck says where the goroutine of the program is that runs: the others are coroutines that wait.
func whereStuck(home string) string {
	all := make([]byte, 1<<20)
	for trace := range strings.SplitSeq(string(all[:runtime.Stack(all, true)]), "\n\n") {
		state, _, _ := strings.Cut(trace, "\n")
		if !strings.Contains(trace, "schedules.(*goroutine).main(") || strings.Contains(state, "[coroutine") {
			continue
		}
		for _, m := range traceLine.FindAllStringSubmatch(trace, -1) {
			line, _ := strconv.Atoi(m[2])
			if m[1] == home || strings.HasPrefix(m[1], "Cell [") {
				s := Schedule{home: home}
				return ", at " + s.place(m[1], line)
			}
		}
	}
	return ""
}
