package coursetest

import (
	"path/filepath"
	"regexp"
	"testing"

	"multiprocessing/kernel/coursebook"
	"multiprocessing/kernel/internal/kerneltest"
)

// lessons are the failures that the course shows on purpose, and what the kept output of their cells must show. False
// sharing is not among them: two cores that share a cache do not show it.
var lessons = []struct{ what, notebook, cell, shows string }{
	{"threads of a Python without a GIL gain", "03-threads-and-the-gil", "threads-and-the-gil-16", `(?m)^Python threads, no GIL .*(1\.[4-9]|2\.)\d* times as fast`},
	{"where processes gain, too", "04-processes", "processes-19", `(?m)^threads: no GIL .*(1\.[4-9]|2\.)\d* times as fast`},
	{"in the deck's experiment", "05-primes", "primes-23", `(?m)^Python threads, no GIL .*(1\.[4-9]|2\.)\d* times as fast`},
	{"and as advice", "12-cheat-sheet", "cheat-sheet-gil-table", `(?m)^Python threads, no GIL .*(1\.[4-9]|2\.)\d* times as fast`},
	{"a goroutine is leaked", "07-queue-and-pipe", "queue-and-pipe-30", `goroutines left behind: 1\n`},
	{"a deadlock is found", "07-queue-and-pipe", "queue-and-pipe-34", `all goroutines are asleep - deadlock!`},
	{"join before get stands still", "07-queue-and-pipe", "queue-and-pipe-38", `1000000 bytes; after join still alive: True`},
	{"a sum is wrong", "08-value-and-array", "value-and-array-06", `sum\+\+: \d+ of \d+, [1-9]\d* lost`},
	{"a race loses additions", "08-value-and-array", "value-and-array-08", `Lossy: \d+ of \d+, [1-9]\d* lost`},
	{"the race detector sees it", "08-value-and-array", "value-and-array-10", `Cell \[\d+\] line \d+ (reads|writes) and Cell \[\d+\] line \d+ (reads|writes) the same variable`},
	{"so it is between processes", "08-value-and-array", "value-and-array-31", `Load and Store: \d+ of \d+, [1-9]\d* lost`},
	{"and in Python", "08-value-and-array", "value-and-array-33", `(?m)^Python \+= alone .*  wrong`},
	{"a lock outlives its holder in Python", "08-value-and-array", "value-and-array-37", `got the lock within a second: False`},
	{"parallel is slower than serial", "10-premature-optimization", "premature-optimization-16", `(?m)^a goroutine each: tasks of \d+ steps +0\.`},
	{"a crowd of workers is slower than one", "10-premature-optimization", "premature-optimization-18", `(?m)^workers: 64, .*  slower`},
}

// TestKeptOutputsShowTheLessons looks at the outputs that are kept for readers: a run of a machine that could not show a
// lesson is not to be kept. How long things take on the machine that runs the test is not asked.
func TestKeptOutputsShowTheLessons(t *testing.T) {
	for _, lesson := range lessons {
		book, err := coursebook.Read(filepath.Join(notebooks, lesson.notebook+".ipynb"))
		if err != nil {
			t.Fatal(err)
		}
		cell := kerneltest.Cell(book, lesson.cell)
		shown := cell.Stdout() + "\n" + cell.ErrorMessage()
		for _, output := range cell.Outputs {
			shown += "\n" + string(output.Data["text/plain"])
		}
		if !regexp.MustCompile(lesson.shows).MatchString(shown) {
			t.Errorf("%s: %s does not show %s, but %q; run: %s", lesson.what, lesson.cell, lesson.shows, shown, makeOutputs)
		}
	}
}
