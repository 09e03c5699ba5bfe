package schedules

import (
	"fmt"
	"path"
	"runtime"
	"slices"
	"strings"
)

// Schedule is a schedule, step by step.
type Schedule struct {
	Name      string   // for Replay, for example 3@2,1@5
	Lanes     []string // the goroutines: main, goroutine 2 and so on
	Variables []string // those that have a value to show
	Initial   []string // their values before the first step
	Steps     []Step
	Kind      Kind     // 0 if nothing went wrong
	Failure   string   // what went wrong after the last step; empty if nothing did. A data race is not a failure: see Step.Race
	Waiting   []string // for what each lane waits, if the failure is a deadlock or a goroutine left behind; empty for lanes that do not
	Failed    int      // the lane that failed; -1 if none did
	File      string   // where it failed
	Line      int
	home      string // the file of the body
}

// Step is one step of a schedule.
type Step struct {
	Lane    int    // the goroutine that takes the step: its place in Schedule.Lanes
	What    string // what it does, for example "read count: 0"
	Line    int    // where it does so; 0 if that is not known
	File    string
	Partner int      // the lane that received, if a send and a receive met; otherwise -1
	Meets   string   // what the partner did
	Values  []string // the values of Schedule.Variables after the step
	Race    bool     // the step is one of two that race
}

// account records an execution that is to be shown.
type account struct {
	x         *execution
	variables []*record
	initial   []string
	values    []string
	steps     []Step
	file      string // where it failed
	line      int
}

// caller returns the place in the program that called this package.
func caller() (file string, line int) {
	callers := make([]uintptr, 50)
	frames := runtime.CallersFrames(callers[:runtime.Callers(3, callers)])
	for {
		frame, more := frames.Next()
		library := strings.HasSuffix(strings.TrimSuffix(path.Dir(frame.File), "/cells"), "lib/schedules") && !strings.HasSuffix(frame.File, "_test.go") // also if inlined
		if frame.Function != "" && !library && !strings.HasPrefix(frame.Function, "runtime.") && !strings.HasPrefix(frame.Function, "iter.") {
			return frame.File, frame.Line
		}
		if !more {
			return "", 0
		}
	}
}

// step begins the record of a step. What it did is added when it has happened.
func (a *account) step(t transition) {
	g := a.x.goroutines[t.g-1]
	s := Step{Lane: g.id - 1, What: g.op.what, Line: g.line, File: g.file, Partner: int(t.h) - 1, Values: slices.Clone(a.values)}
	if g.op.on != nil {
		s.What += " " + g.op.on.name
	}
	if t.choice < 0 {
		s.What = "default"
	}
	a.steps = append(a.steps, s)
}

// detail says what the last step of the running goroutine did.
func (a *account) detail(format string, values ...any) {
	s := &a.steps[len(a.steps)-1]
	if now.id-1 == s.Partner {
		s.Meets = fmt.Sprintf(format, values...)
		return
	}
	s.What = fmt.Sprintf(format, values...)
}

// first adds a variable.
func (a *account) first(r *record, value string) {
	if !slices.Contains(a.variables, r) {
		a.variables = append(a.variables, r)
		a.initial, a.values = append(a.initial, value), append(a.values, value)
	}
}

// set records the value that the last step has given to a variable.
func (a *account) set(r *record, value string) {
	a.values[slices.Index(a.variables, r)] = value
	a.steps[len(a.steps)-1].Values = slices.Clone(a.values)
}

// raced marks the steps of a data race.
func (a *account) raced(first, second int32) {
	a.steps[first].Race, a.steps[second].Race = true, true
}

// schedule returns what happened.
func (a *account) schedule(name string) *Schedule {
	s := &Schedule{Name: name, home: a.x.explorer.home, Initial: a.initial, Steps: a.steps, Failed: -1}
	for _, g := range a.x.goroutines {
		s.Lanes = append(s.Lanes, g.name())
		s.Waiting = append(s.Waiting, "")
	}
	for _, r := range a.variables {
		s.Variables = append(s.Variables, r.name)
	}
	for i := range s.Steps { // variables that came up later
		for v := len(s.Steps[i].Values); v < len(a.variables); v++ {
			s.Steps[i].Values = append(s.Steps[i].Values, a.initial[v])
		}
	}
	if f := a.x.failure(); f != nil {
		s.Kind, s.Failure, s.Failed, s.File, s.Line = f.kind, f.message, f.g.id-1, a.file, a.line
		if f.kind == Deadlock || f.kind == LeftBehind {
			for _, g := range a.x.goroutines {
				if !g.finished && g.fire == nil {
					s.Waiting[g.id-1] = g.waits()
				}
			}
		}
	}
	return s
}
