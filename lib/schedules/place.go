package schedules

import (
	"fmt"
	"path"
	"reflect"
	"runtime"
	"slices"
	"strings"
)

// fileOf returns the file in which a function is written.
func fileOf(f func()) string {
	file, _ := runtime.FuncForPC(reflect.ValueOf(f).Pointer()).FileLine(reflect.ValueOf(f).Pointer())
	return file
}

// place is "line 4", or "stack.go:4" if that is not in the file of the body.
func (s *Schedule) place(file string, line int) string {
	if file == s.home {
		return fmt.Sprintf("line %d", line)
	}
	return fmt.Sprintf("%s:%d", path.Base(file), line)
}

// label is place in the column of lines: a line of the body's file by its number alone.
func label(home, file string, line int) string {
	if line == 0 {
		return ""
	}
	s := Schedule{home: home}
	return strings.TrimPrefix(s.place(file, line), "line ")
}

// at says where a schedule went wrong, if it is one place.
func (s *Schedule) at() string {
	waiting := 0
	for _, what := range s.Waiting {
		if what != "" {
			waiting++
		}
	}
	if s.Line == 0 || waiting > 1 {
		return ""
	}
	return " at " + s.place(s.File, s.Line)
}

// racesAt says where two steps race.
func (s *Schedule) racesAt() string {
	var places []string
	for _, step := range s.Steps {
		if at := s.place(step.File, step.Line); step.Race && step.Line > 0 && !slices.Contains(places, at) {
			places = append(places, at)
		}
	}
	text := strings.Join(places, " and ")
	if strings.Count(text, "line ") == 2 {
		text = "lines " + strings.ReplaceAll(text, "line ", "")
	}
	if text == "" {
		return ""
	}
	return " at " + text
}
