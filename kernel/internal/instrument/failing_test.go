package instrument

import (
	"os/exec"
	"strings"
	"testing"
)

func TestAGoroutineWithoutStepsEndsTheCell(t *testing.T) {
	for cell, want := range map[string]string{
		"go func() {\n\tx := 1\n\tfor x != 0 {\n\t\tx *= 3\n\t}\n}()":                     "goroutine 2 takes no step for 5s, at line ",
		"func wait() {\n\tx := 1\n\tfor x != 0 {\n\t\tx *= 3\n\t}\n}\n%schedules\nwait()": "main takes no step for 5s, at Cell [1]:",
	} {
		out, err := exec.Command("go", "run", written(t, cell)).CombinedOutput()
		if err == nil || !strings.Contains(string(out), want) {
			t.Errorf("%s\nwant %s, got %v\n%s", cell, want, err, out)
		}
	}
}

func TestAnEmptyLoopIsAnEndlessSchedule(t *testing.T) {
	got := run(t, "go func() {\n\tfor {}\n}()")
	if want := "goroutine 2 does not end: it calls Gosched again and again, and reads nothing in between at line 3"; !strings.Contains(got, want) {
		t.Errorf("want %s, got %s", want, got)
	}
}

func TestANameOfNoScheduleFailsTheCell(t *testing.T) {
	for name, want := range map[string]string{
		"foo": "%schedules foo: \"foo\" is not the name of a schedule, such as 2@5,1@9",
		"9@9": "%schedules 9@9: the program has no schedule 9@9: was it changed?",
	} {
		out, err := exec.Command("go", "run", writtenFor(t, "check(true)", name)).CombinedOutput()
		if err == nil || !strings.Contains(string(out), want) {
			t.Errorf("%s: want %s, got %v\n%s", name, want, err, out)
		}
	}
}

func TestOnlyPlacesOfCellsAreNamed(t *testing.T) {
	for cell, want := range map[string]string{
		"c := make(chan int)\ngo func() {\n\tfor i := 0; ; i++ { c <- i }\n}()\nfor v := range c {\n\tif v < 0 { break }\n}":                                                              "must call Gosched at line ",
		"parent, cancel := context.WithCancel(context.Background())\ndefer cancel()\nchild, stop := context.WithTimeout(parent, time.Second)\ndefer stop()\n<-child.Done()\ncheck(false)": "check failed at line 7",
	} {
		got := run(t, cell)
		if !strings.Contains(got, want) || strings.Contains(got, "generated") || strings.Contains(got, "iter.go") || strings.Contains(got, ".go:") {
			t.Errorf("%s\nwant %s, got %s", cell, want, got[:min(len(got), 3000)])
		}
	}
}
