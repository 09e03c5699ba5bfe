package exercise

import (
	"fmt"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// standing is where a goroutine of the reader's code is, and what it does
// there.
type standing struct {
	does  string // "waits to send to a channel"
	where string // "line 5 of the cell"
}

// doing has the words for Go's names of what a goroutine waits for.
var doing = map[string]string{
	"chan send":               "waits to send to a channel",
	"chan send (nil chan)":    "waits to send to a nil channel",
	"chan receive":            "waits to receive from a channel",
	"chan receive (nil chan)": "waits to receive from a nil channel",
	"select":                  "waits in a select",
	"select (no cases)":       "waits in a select without cases",
	"sync.WaitGroup.Wait":     "waits for a WaitGroup",
	"sync.Mutex.Lock":         "waits for a Mutex",
	"sync.RWMutex.Lock":       "waits for an RWMutex",
	"sync.RWMutex.RLock":      "waits for an RWMutex",
	"sync.Cond.Wait":          "waits for a Cond",
	"semacquire":              "waits for a lock",
	"sleep":                   "sleeps",
	"running":                 "computes",
	"runnable":                "computes",
	"IO wait":                 "waits for I/O",
}

// readersFrame matches a line of a stack that is in a cell, or in a test:
// Go has the cell's name and line there instead of a file's.
var readersFrame = regexp.MustCompile(`^\t(.*[/\\])?(Cell \[\d+\]|\w+_test\.go):(\d+)`)

// standings returns where the goroutines are that have started since before
// and are in the reader's code, in the order of the lines.
func standings(before map[string]string) (all []standing) {
	for _, stack := range strings.Split(strings.TrimSpace(allStacks()), "\n\n") {
		lines := strings.Split(stack, "\n")
		number, state := header(lines[0])
		if number == "" || before[number] != "" {
			continue
		}
		for i := 2; i < len(lines); i += 2 {
			if strings.HasPrefix(lines[i-1], "created by ") {
				break // where it was started is not where it is
			}
			if at := readersFrame.FindStringSubmatch(lines[i]); at != nil {
				does, known := doing[state]
				if !known {
					does = fmt.Sprintf("is in %q", state)
				}
				where := filepath.Base(at[2])
				if strings.HasPrefix(where, "Cell ") {
					where = "the cell"
				}
				all = append(all, standing{does, fmt.Sprintf("line %s of %s", at[3], where)})
				break
			}
		}
	}
	return all
}

// stuck says how many goroutines do what where: "3 goroutines wait to
// send to a channel at line 9 of the cell". It is "" for none.
func stuck(before map[string]string) string {
	times := map[standing]int{}
	var kinds []standing
	for _, s := range standings(before) {
		if times[s]++; times[s] == 1 {
			kinds = append(kinds, s)
		}
	}
	slices.SortFunc(kinds, func(a, b standing) int { return strings.Compare(a.does+a.where, b.does+b.where) })
	const most = 4
	var parts []string
	for _, s := range kinds[:min(most, len(kinds))] {
		parts = append(parts, fmt.Sprintf("%s %s at %s", some(times[s], "goroutine"), verb(s.does, times[s]), s.where))
	}
	if n := len(kinds) - most; n > 0 {
		parts = append(parts, fmt.Sprintf("and others at %s", some(n, "place")))
	}
	return strings.Join(parts, "; ")
}

// verb has the plural of what goroutines do: "waits for" is "wait for".
func verb(does string, n int) string {
	first, rest, _ := strings.Cut(does, " ")
	if n == 1 {
		return does
	}
	if first == "is" {
		first = "are"
	}
	return strings.TrimSpace(strings.TrimSuffix(first, "s") + " " + rest)
}

// header returns the number and the state in the first line of a stack:
// "goroutine 7 [chan send, 2 minutes]:".
func header(line string) (number, state string) {
	head, isHead := strings.CutPrefix(line, "goroutine ")
	if !isHead {
		return "", ""
	}
	number, rest, _ := strings.Cut(head, " ")
	_, state, _ = strings.Cut(rest, "[")
	return number, state[:strings.IndexAny(state+"]", ",]")]
}

// allStacks returns the stacks of all goroutines.
func allStacks() string {
	for size := 1 << 16; ; size *= 2 {
		stacks := make([]byte, size)
		if n := runtime.Stack(stacks, true); n < size {
			return string(stacks[:n])
		}
	}
}
