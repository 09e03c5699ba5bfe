//go:build unix

package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// wantShown checks how a cell failed, and what else is shown of it.
func wantShown(r *asked, said string, shown ...string) {
	r.client.t.Helper()
	all := r.stream("stdout") + r.stream("stderr") + withoutColors.Replace(r.traceback())
	if r.said() != said {
		r.client.t.Errorf("said %s, want %s, and showed\n%s", r.said(), said, all)
	}
	for _, want := range shown {
		if !strings.Contains(all, want) {
			r.client.t.Errorf("%q is not in\n%s", want, all)
		}
	}
	for _, name := range []string{"gonb_", "main.go:", "main_test.go:", "_testmain.go", "exit status"} {
		if strings.Contains(all, name) {
			r.client.t.Errorf("%q is in\n%s", name, all)
		}
	}
}

func TestAFailedTestNamesCellAndLine(t *testing.T) {
	t.Parallel()
	c := startKernel(t, setUp(t))
	c.execute("func add(a, b int) int { return a - b }").wantOK("")
	const code = `%test
func TestAdd(t *testing.T) {
	t.Log("before")
	if got := add(1, 2); got != 3 {
		t.Errorf("add(1, 2) = %d, want 3", got)
	}
}

func check(t *testing.T, ok bool) {
	t.Helper()
	if !ok {
		t.Error("not ok")
	}
}

func TestParts(t *testing.T) {
	t.Run("good", func(t *testing.T) { t.Parallel() })
	t.Run("bad", func(t *testing.T) {
		t.Parallel()
		check(t, false)
	})
}

func TestMute(t *testing.T) { t.Fail() }

func TestGood(t *testing.T) { fmt.Print("Cell [1]:2: printed\nno end") }`
	for range 2 { // the second time it has another number
		r := c.execute(code)
		cell := cellOf(r)
		wantShown(r, "TestFailed: "+cell+" line 5: TestAdd: add(1, 2) = -1, want 3",
			"    "+cell+" line 3: before\n", "    "+cell+" line 5: add(1, 2) = -1, want 3\n", "\nCell [1]:2: printed\nno end",
			cell+" line 5: TestAdd: add(1, 2) = -1, want 3\n    \t\tt.Errorf(", cell+" line 20: TestParts/bad: not ok\n    \t\tcheck(t, false)",
			"TestMute has failed without a message")
	}
	r := c.execute("%test\nfunc TestBoom(t *testing.T) {\n\tvar m map[string]int\n\tm[\"a\"] = add(1, 2)\n}")
	wantShown(r, "panic: assignment to entry in nil map", cellOf(r)+" line 4: panic: assignment", "main.TestBoom(", cellOf(r)+" line 4: m[\"a\"] = add(1, 2)")
	r = c.execute("%test\nfunc TestC(t *testing.T) { nothing() }")
	wantShown(r, "BuildError: "+cellOf(r)+" line 2: undefined: nothing")
	r = c.execute("%test\nfunc TestC(t *testing.T) {\n\tfmt.Printf(\"%d\\n\", \"x\")\n}")
	wantShown(r, "BuildError: "+cellOf(r)+" line 3: fmt.Printf format %d has arg \"x\" of wrong type string")
}

func TestADataRaceNamesCellsAndLines(t *testing.T) {
	t.Parallel()
	c := startKernel(t, setUp(t))
	c.execute("var shared int\n\nfunc add(done chan bool) {\n\tshared++\n\tdone <- true\n}").wantOK("")
	c.execute("%goflags -race")
	r := c.execute("%%\ndone := make(chan bool)\ngo add(done)\nshared = 7\n<-done\nfmt.Fprintln(os.Stderr, \"==================\\nthe end\\n===\")")
	if os.Getenv("CI") == "" && noDetector.MatchString(r.traceback()) {
		t.Skip("no race detector")
	}
	race := regexp.MustCompile(`^DataRace: Cell \[\d+\] line \d+ (?:reads|writes) and Cell \[\d+\] line \d+ (?:reads|writes) the same variable, and nothing orders the two$`)
	wantRace := func(r *asked, line string) {
		t.Helper()
		wantShown(r, r.said(), "Cell [1] line 4: shared++", cellOf(r)+line+": shared = 7")
		if !race.MatchString(r.said()) || !strings.Contains(r.said(), "Cell [1] line 4 ") || !strings.Contains(r.said(), cellOf(r)+line+" writes") || strings.Contains(r.stream("stderr"), "RACE") {
			t.Errorf("said %s, stderr %q", r.said(), r.stream("stderr"))
		}
	}
	wantRace(r, " line 4")
	if stderr := r.stream("stderr"); stderr != "==================\nthe end\n===\n" {
		t.Errorf("what only looks like a report: %q", stderr)
	}
	wantRace(c.execute("%test\nfunc TestRace(t *testing.T) {\n\tdone := make(chan bool)\n\tgo add(done)\n\tshared = 7\n\t<-done\n}"), " line 5")
	c.execute("%env GORACE exitcode=0")
	r = c.execute("%%\n\ndone := make(chan bool)\ngo add(done)\nshared = 7\n<-done")
	if stderr := r.stream("stderr"); r.status() != "ok" || !strings.Contains(stderr, "Cell [1] line 4: shared++") || !strings.Contains(stderr, cellOf(r)+" line 5: shared = 7") {
		t.Errorf("a race that is no failure: %s, stderr %q", r.said(), stderr)
	}
}

func TestRaceBuildsThisCellAloneWithTheDetector(t *testing.T) {
	t.Parallel()
	c := startKernel(t, setUp(t))
	const cell = "%%\nshared, done := 0, make(chan bool)\ngo func() {\n\tshared++\n\tdone <- true\n}()\nshared = 7\n<-done"
	r := c.execute("%race\n" + cell)
	if os.Getenv("CI") == "" && noDetector.MatchString(r.traceback()) {
		t.Skip("no race detector")
	}
	wantShown(r, r.said(), cellOf(r)+" line 5: shared++", cellOf(r)+" line 8: shared = 7", cellOf(r)+" line 4: go func() {")
	if !strings.HasPrefix(r.said(), "DataRace: ") {
		t.Errorf("said %s", r.said())
	}
	c.execute(cell).wantOK("")
}
