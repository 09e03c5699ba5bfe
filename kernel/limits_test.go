package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"multiprocessing/kernel/coursebook"
	gocell "multiprocessing/kernel/internal/cell"
	"multiprocessing/kernel/internal/jupyter"
)

// The front says the limits of a value that does not fit, and papermill's package refuses such a value before.
func TestTheFrontReadsTheLimitsThatThePackageForPapermillReads(t *testing.T) {
	t.Parallel()
	notebooks, err := filepath.Glob("../notebooks/*.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	notebooks = slices.DeleteFunc(notebooks, func(path string) bool { return strings.HasSuffix(path, inATest) })
	notebooks = append(notebooks, parameterized(t, every+`
var cores = 2 // how many; from 1 to 64 cores.
var part = 0.1 // 0 to 0.5; more is too much
var kind = "a;b" // not "c;"; one of "a;b", "c"
var best = 1 // one of the best
var free2 = 1 // from here to there`))
	plans, err := jupyter.PlanRuns(t.Context(), setUp(t), notebooks, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, path := range notebooks {
		book, err := coursebook.Read(path)
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(book.Cells, func(c coursebook.Cell) bool { return slices.Contains(c.Metadata.Tags, "parameters") })
		parsed, err := gocell.Read(string(book.Cells[at].Source)).Parse(gocell.Origin{})
		if err != nil {
			t.Fatal(err)
		}
		declared := (gocell.Declarations{}).With(parsed)
		for _, want := range plans[i].Declared {
			got, _ := declared.Parameter(want.Name)
			if limits := strings.TrimPrefix(got.Limits, "from "); limits != strings.TrimPrefix(want.Limits, "from ") {
				t.Errorf("%s: %s has the limits %q, and for papermill %q", path, want.Name, limits, want.Limits)
			}
		}
	}
}
