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
	found := map[string]string{}
	for line := range strings.Lines(allStacks()) {
		if number, state := header(line); number != "" {
			found[number] = state
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
