package explain

import (
	"fmt"
	"strings"
	"time"

	"github.com/go-gota/gota/dataframe"

	"multiprocessing/lib/display"
	"multiprocessing/lib/explain/internal/lanes"
	"multiprocessing/lib/internal/digits"
	"multiprocessing/lib/internal/timeaxis"
)

// sentence says what the picture shows.
func (p *picture) sentence() string {
	all := goroutineLanes(p.run)
	var running, ready, waiting time.Duration
	for _, l := range all {
		in := l.times()
		running, ready, waiting = running+in[lanes.Running], ready+in[lanes.Ready], waiting+in[lanes.Waiting]
	}
	share := 100 * float64(running) / float64(max(p.run.Length, 1)) / float64(max(p.run.Procs, 1))
	parts := []string{fmt.Sprintf("%s in %s on %s, which were busy for %.0f%% of the time.",
		count(len(all), "goroutine"), timeaxis.Text(p.run.Length), count(p.run.Procs, "processor"), share)}
	if ready > p.run.Length/100 {
		parts = append(parts, fmt.Sprintf("They were ready without a core for %s in all.", timeaxis.Text(ready)))
	}
	var longest lane
	var text string
	var most time.Duration
	for _, l := range all {
		if name, length := l.longestWait(); !l.caller && !l.left && length > most {
			longest, text, most = l, name, length
		}
	}
	if most > 0 {
		parts = append(parts, fmt.Sprintf("The longest wait: %s (goroutine %d) %s, for %s in all.", longest.name, longest.goroutines[0], text, timeaxis.Text(most)))
	}
	if n := len(p.run.Collections); n > 0 {
		var took time.Duration
		for _, c := range p.run.Collections {
			took += c.To - c.From
		}
		parts = append(parts, fmt.Sprintf("%s took %s.", count(n, "garbage collection"), timeaxis.Text(took)))
	}
	parts = append(parts, leftBehind(p.run, all)...)
	if len(p.rest) > 0 {
		var took time.Duration
		for _, l := range p.rest {
			took += l.times()[lanes.Running]
		}
		parts = append(parts, fmt.Sprintf("The picture has the first %d lanes; the other %s ran for %s.", mostLanes, digits.Group(fmt.Sprint(len(p.rest))), timeaxis.Text(took)))
	}
	return strings.Join(parts, " ")
}

// mostLeft is how many goroutines that are left the text names one by one.
const mostLeft = 5

// leftBehind says where the goroutines wait that are left.
func leftBehind(r lanes.Run, all []lane) []string {
	var texts []string
	n := 0
	for _, l := range all {
		if !l.left {
			continue
		}
		if n++; n <= mostLeft {
			texts = append(texts, fmt.Sprintf("%s (goroutine %d) is left: %s.", l.name, l.goroutines[0], l.end(r)))
		}
	}
	if n > mostLeft {
		texts = append(texts, fmt.Sprintf("%s more are left.", digits.Group(fmt.Sprint(n-mostLeft))))
	}
	return texts
}

// end says what a goroutine that is left does, and since when.
func (l lane) end(r lanes.Run) string {
	last := l.intervals[len(l.intervals)-1]
	what := "it is " + last.State.String()
	if last.State == lanes.Waiting {
		what = "it " + lanes.Words(last.Reason, last.Place)
	}
	return fmt.Sprintf("%s since %s", what, timeaxis.Text(last.From))
}

func count(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return digits.Group(fmt.Sprint(n)) + " " + word + "s"
}

// table has the times of each lane.
func (p *picture) table() dataframe.DataFrame {
	var names, waits, ends []string
	var numbers []int
	var times [4][]float64
	goroutines := true
	for _, l := range p.lanes {
		names = append(names, l.name)
		if goroutines = goroutines && len(l.goroutines) == 1; goroutines {
			numbers = append(numbers, int(l.goroutines[0]))
		}
		for state, t := range l.times() {
			times[state] = append(times[state], float64(t)/float64(time.Millisecond))
		}
		wait, _ := l.longestWait()
		waits = append(waits, wait)
		end := ""
		if l.left {
			end = l.end(p.run)
		}
		ends = append(ends, end)
	}
	if !goroutines {
		return display.Frame("processor", names, "running ms", times[lanes.Running])
	}
	return display.Frame("goroutine", numbers, "runs", names, "running ms", times[lanes.Running], "ready ms", times[lanes.Ready],
		"waiting ms", times[lanes.Waiting], "system calls ms", times[lanes.Syscall], "longest wait", waits, "left at the end", ends)
}
