package exercise

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// logVariable is the environment variable that names the file in which Here
// notes where it runs. Processes that are started during the check have it
// too.
const logVariable = "MULTIPROCESSING_EXERCISE_LOG"

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
// number in other processes, and leaves none of them running.
func OtherProcess(squares func(numbers []int) []int) Verdict {
	mustHave("OtherProcess", squares == nil)
	var trials []func() string
	for _, numbers := range [][]int{{3, 1, 2}, {7}, {}, {12, -5, 0, 9, 4, 4, 31, 8, 100, 6}} {
		trials = append(trials, func() string { return trySquares(squares, numbers) })
	}
	return judge("the squares are in order, and came from other processes, which have ended.", trials...)
}

func trySquares(squares func([]int) []int, numbers []int) string {
	call := fmt.Sprintf("squares(%v)", numbers)
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
	for _, n := range numbers {
		pid, found := places[n]
		switch {
		case !found:
			return fmt.Sprintf("%s is right, but exercise.Here(%d) was called in no process that it started", call, n)
		case pid == os.Getpid():
			return fmt.Sprintf("%s is right, but the square of %d was computed in this program's own process", call, n)
		}
	}
	if left := childrenLeft(before); left > 0 {
		return fmt.Sprintf("%s is right, but leaves processes running: %d", call, left)
	}
	return ""
}

// logged runs f and returns in which process Here was called with what
// meanwhile, this process before others.
func logged(f func() string) (places map[int]int, problem string) {
	file, err := os.CreateTemp("", "exercise-*.log")
	if err != nil {
		return nil, fmt.Sprintf("the check needs a temporary file: %v", err)
	}
	defer os.Remove(file.Name())
	defer file.Close()
	os.Setenv(logVariable, file.Name())
	defer os.Unsetenv(logVariable)
	problem = f()
	places = map[int]int{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var pid, n int
		fmt.Sscan(lines.Text(), &pid, &n)
		if places[n] != os.Getpid() {
			places[n] = pid
		}
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
