package exercise

import (
	"fmt"
	"maps"
	"runtime"
	"runtime/metrics"
	"slices"
	"strings"
	"time"
)

// goroutines returns what each goroutine of the program is doing, by number:
// "chan send", "running".
func goroutines() map[string]string {
	stacks := make([]byte, 1<<16)
	for {
		n := runtime.Stack(stacks, true)
		if n < len(stacks) {
			stacks = stacks[:n]
			break
		}
		stacks = make([]byte, 2*len(stacks))
	}
	found := map[string]string{}
	for line := range strings.Lines(string(stacks)) { // "goroutine 7 [chan send, 2 minutes]:"
		if head, isHead := strings.CutPrefix(line, "goroutine "); isHead {
			number, state, _ := strings.Cut(head, " ")
			_, state, _ = strings.Cut(state, "[")
			found[number] = state[:strings.IndexAny(state+"]", ",]")]
		}
	}
	return found
}

// leftBehind says how many goroutines there are beside those from before,
// and what they do, or "". Those that are about to end may take their time.
func leftBehind(before map[string]string) string {
	for deadline := time.Now().Add(2 * grace); ; time.Sleep(time.Millisecond) {
		left := goroutines()
		maps.DeleteFunc(left, func(number, _ string) bool { return before[number] != "" })
		if len(left) == 0 {
			return ""
		}
		if time.Now().After(deadline) {
			return describe(left)
		}
	}
}

func describe(left map[string]string) string {
	times := map[string]int{}
	for _, state := range left {
		if state == "runnable" {
			state = "running"
		}
		times[state]++
	}
	var parts []string
	for _, state := range slices.Sorted(maps.Keys(times)) {
		parts = append(parts, fmt.Sprintf("%d in %q", times[state], state))
	}
	return fmt.Sprintf("%s (%s)", some(len(left), "goroutine"), strings.Join(parts, ", "))
}

// started returns how many goroutines were started while f ran.
func started(f func()) int {
	runtime.GC() // the first one starts goroutines of its own
	before := goroutinesStarted()
	f()
	return int(goroutinesStarted() - before)
}

func goroutinesStarted() uint64 {
	sample := []metrics.Sample{{Name: "/sched/goroutines-created:goroutines"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
