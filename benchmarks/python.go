package main

import (
	_ "embed"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// pythonProgram does one kind of work in Python's multiprocessing and prints
// how long it took, without the start of the interpreter, in nanoseconds.
//
//go:embed python.py
var pythonProgram string

// withPython adds Python's times for the same work, if there is a Python.
func withPython(cases []contender, stop func(), works ...string) ([]contender, func(), error) {
	python, err := exec.LookPath("python3")
	if err != nil {
		return cases, stop, nil
	}
	for _, work := range works {
		cases = append(cases, contender{name: "Python, " + work, timed: func() (time.Duration, error) {
			out, err := exec.Command(python, "-c", pythonProgram, work).Output()
			if err != nil {
				return 0, err
			}
			ns, err := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64)
			if err != nil {
				return 0, fmt.Errorf("python printed %q: %w", out, err)
			}
			return time.Duration(ns), nil
		}})
	}
	return cases, stop, nil
}
