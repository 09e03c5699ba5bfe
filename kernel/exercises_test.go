package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"multiprocessing/internal/verdict"
)

// student writes a notebook of cells into the folder of a student.
func student(t *testing.T, class, name string, cells ...string) string {
	t.Helper()
	content, err := os.ReadFile(notebook(t, cells...))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(class, name, "01.ipynb")
	put(t, path, string(content))
	return path
}

// results returns the rows of exercises.csv without their times, which must be numbers.
func results(t *testing.T, out string) (rows []string) {
	t.Helper()
	file, err := os.Open(filepath.Join(out, "exercises.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	all, err := csv.NewReader(file).ReadAll()
	if err != nil || !slices.Equal(all[0], []string{"file", "exercise", "right", "message", "seconds"}) {
		t.Fatalf("exercises.csv holds %q, %v", all, err)
	}
	for _, row := range all[1:] {
		if _, err := strconv.ParseFloat(row[4], 64); err != nil {
			t.Error(err)
		}
		rows = append(rows, strings.Join(row[:4], "|"))
	}
	return rows
}

// wantRows checks rows by how they begin.
func wantRows(t *testing.T, got, want []string) {
	t.Helper()
	if !slices.EqualFunc(got, want, strings.HasPrefix) {
		t.Errorf("exercises.csv holds\n%s\nwant rows that begin with\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// attempt is the exercise of notebook 1 with an answer, and its check.
func attempt(answer string) string {
	return "func parallelFraction(speedup float64, workers int) float64 { return " + answer + " }\n\n%%\n" +
		"fmt.Println(exercise.ParallelFraction(parallelFraction))"
}

func TestTheVerdictsOfAClassAreCollected(t *testing.T) {
	t.Parallel()
	class, out := t.TempDir(), filepath.Join(t.TempDir(), "out")
	const right = "(1 - 1/speedup) / (1 - 1/float64(workers))"
	anna := student(t, class, "anna", attempt(right))
	ben := student(t, class, "ben", "%%\nfmt.Println(\"Right: I have said so.\")", attempt("2"))
	carla := student(t, class, "carla", attempt("nothing"))
	dora := student(t, class, "dora", "%%\nfmt.Println(\"Right: with that fraction the workers bring the speedup.\")")
	emil := filepath.Join(class, "emil", "01.ipynb")
	put(t, emil, "{")
	fay := student(t, class, "fay", attempt(right), "%%\npanic(\"lost\")")
	r := kernel(t, nil, "run", anna, ben, carla, dora, emil, fay, "-o", out)
	if r.code != 1 || strings.Count(r.stdout, "ok     ") != 3 || strings.Count(r.stdout, "failed ") != 3 {
		t.Errorf("exit status %d, %s%s; want 1, three that ran and three that failed", r.code, r.stdout, r.stderr)
	}
	wantRows(t, results(t, out), []string{
		anna + "|ParallelFraction|yes|with that fraction the workers bring the speedup",
		ben + "|ParallelFraction|no|in the case \"half of the ideal\", parallelFraction(2, 4) is 2",
		carla + "|||cell 1 (In [1]): ",
		dora + "|||no exercise was checked",
		emil + "|||is not a notebook: line 1: ",
		fay + "|ParallelFraction|yes|",
		fay + "|||cell 2 (In [2]): panic: lost",
	})
	if want := "exercises: 2 right, 1 not yet, 4 without a verdict: " + filepath.Join(out, "exercises.csv") + "\n"; !strings.Contains(r.stdout, want) {
		t.Errorf("it says %q, want %q", r.stdout, want)
	}
	for _, name := range []string{"anna", "ben", "carla", "dora", "fay"} {
		stdout(t, filepath.Join(out, name, "01.ipynb"))
	}
}

func TestANotebookThatDoesNotFinishGetsARow(t *testing.T) {
	t.Parallel()
	class, out := t.TempDir(), t.TempDir()
	slow := student(t, class, "anna", "!echo 1", "!sleep 1000") // what needs no build takes two seconds nowhere
	quick := student(t, class, "ben", "!echo 1")
	// What an earlier run has left is not taken for this one's.
	put(t, filepath.Join(out, "ben", "01.ipynb"), `{"cells": [{"cell_type": "code", "source": "", "outputs": [{"output_type": "display_data", "data": {"`+verdict.MIME+`": {"exercise": "Old", "right": true}}}]}]}`)
	if r := kernel(t, nil, "run", "--timeout", "2s", slow, quick, "-o", out); r.code != 1 {
		t.Errorf("exit status %d, %s%s", r.code, r.stdout, r.stderr)
	}
	wantRows(t, results(t, out), []string{slow + "|||cell 2 (In [2]): took longer than 2s", quick + "|||no exercise was checked"})
}

func TestOfCellsWithEveryScheduleOnlyTheExerciseCounts(t *testing.T) {
	t.Parallel()
	const lesson = "%schedules\nn := 0\nvar wg sync.WaitGroup\nwg.Go(func() { n++ })\nwg.Go(func() { n++ })\nwg.Wait()"
	const repaired = "%schedules\nvar n atomic.Int64\nvar wg sync.WaitGroup\nwg.Go(func() { n.Add(1) })\nwg.Go(func() { n.Add(1) })\nwg.Wait()\ncheck(n.Load() == 2)"
	source, out := tag(t, notebook(t, lesson, repaired), 1, "exercise"), t.TempDir()
	if r := kernel(t, nil, "run", source, "-o", out); r.code != 0 {
		t.Fatalf("exit status %d, %s", r.code, r.stderr)
	}
	wantRows(t, results(t, out), []string{source + "|EverySchedule|yes|"})
}

func TestNoVerdictIsAddedToANotebookThatIsNotCollected(t *testing.T) {
	t.Parallel()
	source, out := notebook(t, attempt("2")), filepath.Join(t.TempDir(), "out.ipynb")
	for _, args := range [][]string{{source, "-o", out}, {"--in-place", source}} {
		if r := kernel(t, nil, append([]string{"run"}, args...)...); r.code != 0 {
			t.Fatalf("exit status %d, %s", r.code, r.stderr)
		}
	}
	for _, path := range []string{source, out} {
		if content, err := os.ReadFile(path); err != nil || strings.Contains(string(content), verdict.MIME) {
			t.Errorf("%v: a verdict in %s", err, content)
		}
	}
}

func TestOutputsOfTheSameNameAreInTheFoldersOfTheirNotebooks(t *testing.T) {
	for _, test := range []struct{ notebooks, want string }{
		{"a/1.ipynb b/2.ipynb", " "},
		{"class/anna/1.ipynb class/ben/1.ipynb class/ben/2.ipynb", "anna ben ben"},
		{"1.ipynb class/1.ipynb", ". class"},
		{"/a/b/1.ipynb /c/1.ipynb ", "a/b c"},
		{"class/a/x/1.ipynb ./class/ab/X/1.ipynb", "a/x ab/X"},
	} {
		if got := outputFolders(strings.Fields(test.notebooks)); strings.Join(got, " ") != test.want {
			t.Errorf("%s: %q, want %q", test.notebooks, got, test.want)
		}
	}
}
