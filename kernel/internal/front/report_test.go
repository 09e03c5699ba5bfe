package front

import (
	"fmt"
	"strings"
	"testing"
)

// A program's output comes in pieces, cut anywhere.
func TestReportsAndTestsAreReadHoweverTheirOutputIsCut(t *testing.T) {
	const (
		report  = "Write at 0x1 by main goroutine:\n  main.main()\n      Cell [1]:4 +0x1\n\nPrevious atomic read at 0x1 by goroutine 8:\n  other.f()\n      /x.go:3 +0x1\n"
		printed = "a\n" + raceBegin + report + raceBar + "== b\n==================\nWARNING: none\n" + raceBegin + report + raceBar + "Found 2 data race(s)\n=="
		tested  = "=== RUN   TestA\n    Cell [1]:4: no\n=== RUN   TestB\n=== NAME  TestA\n    Cell [1]:5: nor here\n--- FAIL: TestA (0.00s)\nCell [1]:6: free\nend"
	)
	f := testFront(t)
	f.counts[1] = 7
	for size := 1; size <= len(printed); size++ {
		var r races
		var ts tests
		rest, lines := "", ""
		for i := 0; i < len(printed); i += size {
			rest += r.take(printed[i:min(i+size, len(printed))])
		}
		for i := 0; i < len(tested); i += size {
			lines += f.takeTests(&ts, tested[i:min(i+size, len(tested))])
		}
		rest = raceCount.ReplaceAllString(rest+r.held, "") // the detector writes this line as a whole
		if len(r.reports) != 2 || r.reports[0] != report || rest != "a\n== b\n==================\nWARNING: none\n==" {
			t.Fatalf("in pieces of %d bytes: reports %q, rest %q", size, r.reports, rest)
		}
		if want := strings.NewReplacer("    Cell [1]:4", "    Cell [7] line 4", "    Cell [1]:5", "    Cell [7] line 5").Replace(tested); lines+ts.line != want {
			t.Fatalf("in pieces of %d bytes: %q", size, lines+ts.line)
		}
		if e := f.testsFailed(&ts); e.Value != "Cell [7] line 4: TestA: no" || len(e.Traceback) != 2 {
			t.Fatalf("in pieces of %d bytes: %+v", size, e)
		}
		if e := f.raced(&r); e.Value != "Cell [7] line 4 writes and code outside of all cells reads the same variable, and nothing orders the two" {
			t.Fatalf("in pieces of %d bytes: %+v", size, e)
		}
	}
	var ts tests
	for i := range 2 * loggedMost {
		f.takeTests(&ts, fmt.Sprintf("=== RUN   Test%d\n    Cell [1]:4: no\n--- FAIL: Test%[1]d (0.00s)\n", i))
	}
	if e := f.testsFailed(&ts); ts.lines != 2*loggedMost || len(ts.logged) != loggedMost || len(e.Traceback) != testsShown+1 {
		t.Errorf("of %d lines %d are remembered and %d shown", ts.lines, len(ts.logged), len(e.Traceback))
	}
	if long := strings.Repeat("x", lineMost+1); f.takeTests(&ts, long) != long || ts.line != "" {
		t.Errorf("%d bytes of a line are held", len(ts.line))
	}
	var r races
	huge := raceBegin + strings.Repeat("x", crashLimit)
	if rest := r.take(huge); rest != huge || r.held != "" {
		t.Errorf("of what is no report %d bytes are held", len(r.held))
	}
}
