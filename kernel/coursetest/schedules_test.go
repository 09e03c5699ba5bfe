package coursetest

import (
	"go/build"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"multiprocessing/kernel/coursebook"
	gocell "multiprocessing/kernel/internal/cell"
	"multiprocessing/kernel/internal/instrument"
)

// scheduled are the lessons of the course that run by every schedule, and what the report of each wrong one must show. The
// cells are NAME-wrong and NAME-repaired.
var scheduled = []struct{ notebook, name, shows string }{
	{"07-queue-and-pipe", "closed-twice", "panic: close of closed channel done at line 7"},
	{"07-queue-and-pipe", "forgotten-receiver", "left behind: goroutine 3 waits to send 1 to answers at line 4"},
	{"08-value-and-array", "lost-update", "4 of 6 schedules fail; data race on count at line 5"},
	{"08b-every-schedule", "lost-update", "4 of 6 schedules fail; data race on count at line 5"},
	{"08b-every-schedule", "check-then-act", "balance is -20 at line 18"},
	{"08b-every-schedule", "publication", "but a data race on ready at lines 6 and 9"},
	{"08b-every-schedule", "double-checked-locking", "but a data race on current at lines 11 and 7"},
	{"08b-every-schedule", "two-locks", "goroutine 2 waits for Lock of b, which goroutine 3 holds; goroutine 3 waits for Lock of a, which goroutine 2 holds"},
	{"08b-every-schedule", "wait-without-a-loop", "-1 items at line 14"},
	{"08b-every-schedule", "peterson", "but a data race on "},
}

func TestEveryScheduleShowsTheFaultOfALessonAndNoneOfItsRepair(t *testing.T) {
	var listed []string
	for _, lesson := range scheduled {
		listed = append(listed, lesson.notebook+"/"+lesson.name+"-wrong", lesson.notebook+"/"+lesson.name+"-repaired")
		t.Run(lesson.notebook+"/"+lesson.name, func(t *testing.T) {
			t.Parallel()
			cells := scheduledCells(t, filepath.Join(notebooks, lesson.notebook+".ipynb"))
			if got := runSchedules(t, cells[lesson.name+"-wrong"]); !strings.Contains(got, lesson.shows) || allRight(got) {
				t.Errorf("want %s, got %s", lesson.shows, got)
			}
			if got := runSchedules(t, cells[lesson.name+"-repaired"]); !allRight(got) {
				t.Errorf("repaired: %s", got)
			}
		})
	}
	chapters, _ := courseNotebooks(t)
	for _, path := range chapters {
		notebook := strings.TrimSuffix(filepath.Base(path), ".ipynb")
		for id, program := range scheduledCells(t, path) {
			if program.schedule == "" && !program.exercise && !slices.Contains(listed, notebook+"/"+id) {
				t.Errorf("%s/%s is not among the lessons of this test", notebook, id)
			}
		}
	}
}

// allRight reports whether a report says that all schedules were explored, and that nothing is wrong.
func allRight(report string) bool {
	headline, rest, _ := strings.Cut(report, "\n")
	right := strings.HasPrefix(headline, "none of ") || headline == "the only schedule is right"
	return right && strings.HasPrefix(rest, "covered: all schedules") && !strings.Contains(rest, "preemptions")
}

// wrongQueues are what a reader may write for the queue, and must not pass: edits of the solution.
var wrongQueues = map[string][]string{
	"put looks once":                  {"for len(q.numbers) == q.size {", "if len(q.numbers) == q.size {"},
	"take looks once":                 {"for len(q.numbers) == 0 {", "if len(q.numbers) == 0 {"},
	"length without the lock":         {"	q.mu.Lock()\n	defer q.mu.Unlock()\n	return len(q.numbers)", "	return len(q.numbers)"},
	"one condition, and a signal":     {"q.added, q.removed = sync.NewCond(&q.mu), sync.NewCond(&q.mu)", "q.added = sync.NewCond(&q.mu)\n	q.removed = q.added"},
	"put does not signal":             {"	q.added.Signal()\n", ""},
	"take does not signal":            {"	q.removed.Signal()\n", ""},
	"put does not wait":               {"		q.removed.Wait()\n", "		break\n"},
	"a queue that is larger":          {"&queue{size: size}", "&queue{size: size + 1}"},
	"put drops what has no room":      {"		q.removed.Wait()\n", "		return\n"},
	"take does not wait":              {"		q.added.Wait()\n", "		return 0\n"},
	"the newest comes out first":      {"	n := q.numbers[0]\n	q.numbers = q.numbers[1:]\n", "	n := q.numbers[len(q.numbers)-1]\n	q.numbers = q.numbers[:len(q.numbers)-1]\n"},
	"take locks, and put does not":    {"put(n int) {\n	q.mu.Lock()\n	defer q.mu.Unlock()\n", "put(n int) {\n"},
	"take goes round without waiting": {"		q.added.Wait()\n", ""},
}

func TestTheQueueOfTheExerciseIsRightOnlyIfNoScheduleIsWrong(t *testing.T) {
	exercise := func(name string) scheduledCell {
		for _, program := range scheduledCells(t, filepath.Join(notebooks, name)) {
			if program.exercise {
				return program
			}
		}
		t.Fatalf("no exercise in %s", name)
		return scheduledCell{}
	}
	starter, solution := exercise("08b-every-schedule.ipynb"), exercise("solutions/08b-every-schedule-solution.ipynb")
	if got := runSchedules(t, starter); allRight(got) {
		t.Errorf("the starter passes: %s", got)
	}
	if got := runSchedules(t, solution); !allRight(got) {
		t.Errorf("the solution does not pass: %s", got)
	}
	_, check, _ := strings.Cut(starter.source, "\n%schedules\n")
	if _, same, _ := strings.Cut(solution.source, "\n%schedules\n"); same != check {
		t.Errorf("the solution has another check:\n%s", same)
	}
	for name, edit := range wrongQueues {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			queue, _, _ := strings.Cut(solution.source, "\n%schedules\n")
			if strings.Count(queue, edit[0]) != 1 {
				t.Fatalf("the solution has no single %q", edit[0])
			}
			wrong := solution
			wrong.source = strings.Replace(queue, edit[0], edit[1], 1) + "\n%schedules\n" + check
			got := runSchedules(t, wrong)
			if allRight(got) {
				t.Errorf("it passes: %s", got)
			}
			t.Log(got)
		})
	}
}

// scheduledCell is a cell with %schedules, and what the cells before it have declared.
type scheduledCell struct {
	source   string
	schedule string // the arguments of %schedules
	exercise bool
	declared gocell.Declarations
}

// scheduledCells returns the cells of a notebook that have %schedules, by their ids.
func scheduledCells(t *testing.T, path string) map[string]scheduledCell {
	t.Helper()
	book, err := coursebook.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]scheduledCell{}
	var declared gocell.Declarations
	for _, cell := range book.Cells {
		if cell.Type != "code" {
			continue
		}
		read := gocell.Read(string(cell.Source))
		if schedule, ok := read.Schedule(); ok {
			found[cell.ID] = scheduledCell{string(cell.Source), schedule, slices.Contains(cell.Metadata.Tags, "exercise"), declared}
		}
		parsed, err := read.Parse(gocell.Origin{Label: cell.ID, Owner: cell.ID})
		if err != nil {
			t.Fatalf("%s: %v", cell.ID, err)
		}
		declared = declared.With(parsed)
	}
	return found
}

// runSchedules builds and runs a cell as the kernel does, and returns its report as text.
func runSchedules(t *testing.T, c scheduledCell) string {
	t.Helper()
	parsed, err := gocell.Read(c.source).Parse(gocell.Origin{Label: "Cell [1]", Owner: "cell"})
	if err != nil {
		t.Fatal(err)
	}
	goroot, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	root := strings.TrimSpace(string(goroot))
	course := gocell.NewPackages(root, "", "../..", filepath.Join(build.Default.GOPATH, "pkg", "mod"))
	program, problems := instrument.Program(c.declared.With(parsed).Program(parsed, course), c.schedule, instrument.NewPackages(root))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	path := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(path, []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "go", "run", path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, program)
	}
	return string(out)
}
