package main

import (
	"path/filepath"
	"strings"
	"testing"

	"multiprocessing/kernel/coursebook"
)

// TestAnExerciseInACellHelpsItsReader runs an attempt that hangs, and one that does not compile.
func TestAnExerciseInACellHelpsItsReader(t *testing.T) {
	t.Parallel()
	const check = "\n\n%%\nfmt.Println(exercise.Downloads(downloadAll))"
	source := tag(t, notebook(t, `import "multiprocessing/lib/exercise"

func downloadAll(urls []string, atMost int, get func(url string) string) []string {
	places := make(chan bool)
	places <- true
	return nil
}`+check, `func downloadAll(urls []string) []string { return urls }`+check), 1, "raises-exception")
	out := filepath.Join(t.TempDir(), "out.ipynb")
	if r := kernel(t, nil, "run", source, "-o", out); r.code != 0 {
		t.Fatalf("exit status %d, %s", r.code, r.stderr)
	}
	book, err := coursebook.Read(out)
	if err != nil {
		t.Fatal(err)
	}
	const hangs = "still running after 10s; 1 goroutine waits to send to a channel at line 5 of the cell\n"
	if got := book.Cells[0].Stdout(); !strings.HasPrefix(got, "Not yet: in the case ") || !strings.HasSuffix(got, hangs) {
		t.Errorf("an attempt that hangs gets %q, want ... %q", got, hangs)
	}
	if got := book.Cells[1].ErrorMessage(); !strings.Contains(got, "hint: the check calls the function with the parameters and results") {
		t.Errorf("an attempt that does not compile gets %q", got)
	}
}

func TestAFoldedCellHasAResultAndSoANumber(t *testing.T) {
	t.Parallel()
	source := notebook(t, "var n = 1", "// Folded: twice, a function\n\nfunc twice(n int) int { return 2 * n }", "// Folded: wrong\n\nvar n int = \"a\"")
	out := filepath.Join(t.TempDir(), "out.ipynb")
	kernel(t, nil, "run", source, "-o", out).wantError(t, source+": cell 3")
	book, err := coursebook.Read(out)
	if err != nil {
		t.Fatal(err)
	}
	var results []string
	for _, cell := range book.Cells {
		for _, o := range cell.Outputs {
			if o.Type == "execute_result" {
				results = append(results, string(o.Data["text/plain"]))
			}
		}
	}
	if strings.Join(results, "|") != "ready" {
		t.Errorf("results %q, want that of the folded cell, and none of the one that failed", results)
	}
}
