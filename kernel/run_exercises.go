//go:build unix

package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"multiprocessing/internal/verdict"
	"multiprocessing/kernel/coursebook"
	"multiprocessing/lib/display/monospace"
)

// exercisesFile is the name of the results of exercises, beside the executed notebooks.
const exercisesFile = "exercises.csv"

// exerciseTag marks the cell of an exercise.
const exerciseTag = "exercise"

// exercises are the rows of exercises.csv.
type exercises struct {
	rows         []exercise
	right, wrong int // verdicts
}

// exercise is a row: a verdict, or why a file has none.
type exercise struct {
	file    string
	name    string // of the check; empty without a verdict
	right   string // yes or no; empty without a verdict
	message string
	seconds float64 // of the check; without a verdict of the run
}

// add adds the verdicts in an executed notebook, and a row if the run failed or no exercise was checked.
func (e *exercises) add(one run, output string, took time.Duration, failed error) {
	found := verdictsIn(output)
	for _, v := range found {
		right := "no"
		if v.Right {
			right = "yes"
			e.right++
		} else {
			e.wrong++
		}
		e.rows = append(e.rows, exercise{one.label(), v.Exercise, right, v.Message, v.Seconds})
	}
	switch {
	case failed != nil:
		line, _, _ := strings.Cut(failed.Error(), "\n")
		e.rows = append(e.rows, exercise{file: one.label(), message: line, seconds: took.Seconds()})
	case len(found) == 0:
		e.rows = append(e.rows, exercise{file: one.label(), message: "no exercise was checked", seconds: took.Seconds()})
	}
}

// notStarted adds a row for each run that did not begin.
func (e *exercises) notStarted(runs []run) {
	for _, one := range runs {
		e.rows = append(e.rows, exercise{file: one.label(), message: "not started"})
	}
}

// verdictsIn returns what the checks in an executed notebook found. One that cannot be read has no verdicts: the run has
// failed, and says why.
func verdictsIn(path string) (found []verdict.Verdict) {
	book, err := coursebook.Read(path)
	if err != nil {
		return nil
	}
	for _, cell := range book.Cells {
		for _, output := range cell.Outputs {
			var v verdict.Verdict
			if json.Unmarshal([]byte(output.Data[verdict.MIME]), &v) != nil {
				continue // it is another output
			}
			if v.Exercise == verdict.EverySchedule && !slices.Contains(cell.Metadata.Tags, exerciseTag) {
				continue // a lesson's cell may be wrong on purpose
			}
			found = append(found, v)
		}
	}
	return found
}

// writeExercises writes exercises.csv, and says how many verdicts are right.
func (r runner) writeExercises(e exercises) error {
	path := filepath.Join(r.output, exercisesFile)
	if err := writeFile(path, e.writeCSV); err != nil {
		return fmt.Errorf("writing the results of exercises: %w; make room, or name another folder in --output", err)
	}
	fmt.Fprintf(r.out, "exercises: %d right, %d not yet, %d without a verdict: %s\n", e.right, e.wrong, len(e.rows)-e.right-e.wrong, path)
	return nil
}

func (e exercises) writeCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{"file", "exercise", "right", "message", "seconds"}) // Error has what went wrong
	for _, row := range slices.SortedStableFunc(slices.Values(e.rows), func(a, b exercise) int { return strings.Compare(a.file, b.file) }) {
		_ = out.Write([]string{row.file, row.name, row.right, monospace.Line(row.message), strconv.FormatFloat(row.seconds, 'f', 2, 64)})
	}
	out.Flush()
	return out.Error()
}
