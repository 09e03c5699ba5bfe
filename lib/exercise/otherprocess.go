package exercise

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"multiprocessing/internal/envvar"
)

// logVariable is the environment variable that names the file in which Here
// notes where it runs. Processes that are started during the check have it
// too.
const logVariable = envvar.ExerciseLog

// Here returns n*n. During an OtherProcess it notes in which process.
func Here(n int) int {
	if name := os.Getenv(logVariable); name != "" {
		note(name, fmt.Sprintln(os.Getpid(), n))
	}
	return n * n
}

// note appends a line in one write, so that lines of several processes do
// not mix. If it cannot, the line is missing and the check says so.
func note(name, line string) {
	file, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return
	}
	defer file.Close()
	file.WriteString(line)
}

// OtherProcess checks a function that has Here compute the square of every
// number, once each, in a pool of other processes, and leaves none of them
// running. A process for each number is not a pool.
func OtherProcess(squares func(numbers []int) []int) (verdict Verdict) {
	defer begin("OtherProcess", squares == nil)(&verdict)
	var trials []func() string
	many := make([]int, max(100, 2*runtime.NumCPU())) // more than a pool has workers
	for i := range many {
		many[i] = i
	}
	for _, c := range []struct {
		name    string
		numbers []int
	}{
		{"three numbers", []int{3, 1, 2}}, {"a single number", []int{7}}, {"no number", []int{}},
		{"one number comes twice", []int{12, -5, 0, 9, 4, 4, 31, 8, 100, 6}},
		{"more numbers than workers", many},
	} {
		trials = append(trials, named(c.name, func() string { return trySquares(squares, c.numbers) }))
	}
	return judge("the squares are in order, and came from other processes, which have ended.", trials...)
}

func trySquares(squares func([]int) []int, numbers []int) string {
	call := fmt.Sprintf("squares(%s)", show(numbers, 0))
	input, want := slices.Clone(numbers), make([]int, len(numbers))
	for i, n := range numbers {
		want[i] = n * n
	}
	before := children()
	var got []int
	places, problem := logged(func() string { return attempt(call, func() { got = squares(input) }) })
	if problem != "" {
		return problem
	}
	if problem := changed(call, input, numbers, "numbers"); problem != "" {
		return problem
	}
	if problem := differ(call, got, want, "square"); problem != "" {
		return problem
	}
	if problem := wrongPlaces(numbers, places); problem != "" {
		return fmt.Sprintf("%s is right, but %s", call, problem)
	}
	if left := childrenLeft(before); left > 0 {
		return fmt.Sprintf("%s is right, but leaves processes running: %d", call, left)
	}
	return ""
}

// wrongPlaces says which numbers were squared in the wrong processes, or too
// often, or "". places has the process of each call of Here, by its argument.
func wrongPlaces(numbers []int, places map[int][]int) string {
	processes, times := map[int]bool{}, map[int]int{}
	for _, n := range numbers {
		times[n]++
	}
	for _, n := range numbers {
		pids := places[n]
		switch {
		case len(pids) == 0:
			return fmt.Sprintf("exercise.Here(%d) was called in no process that it started", n)
		case slices.Contains(pids, os.Getpid()):
			return fmt.Sprintf("the square of %d was computed in this program's own process", n)
		case len(pids) > times[n]:
			return fmt.Sprintf("exercise.Here(%d) was called %d times, not %d", n, len(pids), times[n])
		}
		for _, pid := range pids {
			processes[pid] = true
		}
	}
	if len(numbers) >= 100 && len(processes) == len(numbers) {
		return fmt.Sprintf("it started a process for each of the %d numbers; a pool has a few, and each takes number after number", len(numbers))
	}
	return ""
}

// logged runs f and returns in which processes Here was called with what
// meanwhile.
func logged(f func() string) (places map[int][]int, problem string) {
	file, err := os.CreateTemp("", "exercise-*.log")
	if err != nil {
		return nil, fmt.Sprintf("the check needs a temporary file: %v", err)
	}
	defer os.Remove(file.Name())
	defer file.Close()
	os.Setenv(logVariable, file.Name())
	defer os.Unsetenv(logVariable)
	problem = f()
	places = map[int][]int{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var pid, n int
		fmt.Sscan(lines.Text(), &pid, &n)
		places[n] = append(places[n], pid)
	}
	return places, problem
}

// childrenLeft returns how many child processes there are beside those from
// before. Those that are about to end may take their time.
func childrenLeft(before []int) int {
	deadline := time.Now().Add(grace)
	for {
		left := slices.DeleteFunc(children(), func(pid int) bool { return slices.Contains(before, pid) })
		if len(left) == 0 || time.Now().After(deadline) {
			return len(left)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// children returns the pids of this process's children, where /proc says
// them, as on Linux; nil elsewhere.
func children() []int {
	var pids []int
	entries, _ := os.ReadDir("/proc")
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		stat, _ := os.ReadFile("/proc/" + entry.Name() + "/stat")
		fields := string(stat[bytes.LastIndexByte(stat, ')')+1:]) // state, ppid, after the name in brackets
		if parent := strings.Fields(fields); len(parent) > 1 && parent[1] == strconv.Itoa(os.Getpid()) {
			pids = append(pids, pid)
		}
	}
	return pids
}
