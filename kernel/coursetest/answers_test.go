package coursetest

import (
	"encoding/json"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"multiprocessing/kernel/coursebook"
	"multiprocessing/kernel/internal/kerneltest"
	"multiprocessing/kernel/internal/setup"
)

// needsPrevious is the tag of a cell that shows that declarations stay: it cannot run before the cell above it.
const needsPrevious = "needs-previous"

// isChance reports whether a tag is of cells whose answer is not always the same: one that shows that it is chance, as with
// a race; a lesson, in which chance says who loses; an exercise, whose check says what the machine could not show.
func isChance(tag string) bool {
	return slices.Contains([]string{"varies", "raises-exception", "exercise"}, tag)
}

// TestEveryCellWorksInAnyOrderAndWithEveryValueOfTheText runs each chapter in one kernel: first parameters with their
// smallest values, imports and helpers; then the other code cells backward, so that each runs when none of those before it
// has; then forward, and then those that use a parameter with the values that a text names, several in one program.
func TestEveryCellWorksInAnyOrderAndWithEveryValueOfTheText(t *testing.T) {
	chapters, _ := courseNotebooks(t)
	for _, path := range slices.Backward(chapters) { // those that take longest are the last
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			book, err := coursebook.Read(path)
			if err != nil {
				t.Fatal(err)
			}
			settings, _ := settingsIn(book)
			head, rest := headAndRest(withSmallest(t, book))
			backward := slices.Collect(independent(slices.Backward(rest)))
			tried, labels := joined(cellsToTry(t, book, together(settings)))
			forward, _ := joined(rest, make([]string, len(rest)))
			executed := executeIn(t, filepath.Dir(path), slices.Concat(head, backward, forward, tried), "MULTIPROCESSING_BUDGET=1ms")
			next := func(n int) (part []coursebook.Cell) { part, executed = executed[:n], executed[n:]; return part }

			mustWork(t, "first", next(len(head)))
			before := answers(mustWork(t, "when no cell but parameters and imports has run before it", next(len(backward))))
			after := answers(mustWork(t, "after those before it", next(len(forward))))
			for _, cell := range backward {
				if !slices.ContainsFunc(cell.Metadata.Tags, isChance) && before[cell.ID] != after[cell.ID] {
					t.Errorf("%s answers %q the second time, %q the first; a number that is measured needs its unit", cell.ID, after[cell.ID], before[cell.ID])
				}
			}
			for i, cell := range next(len(tried)) {
				mustWork(t, "with "+labels[i], []coursebook.Cell{cell})
			}
		})
	}
}

// mustWork checks that none of the cells failed, unless it is there to fail.
func mustWork(t *testing.T, when string, cells []coursebook.Cell) []coursebook.Cell {
	t.Helper()
	for _, cell := range cells {
		if message := cell.ErrorMessage(); message != "" && !cell.ShouldFail() {
			t.Errorf("%s fails %s: %s", cell.ID, when, message)
		}
	}
	return cells
}

// headAndRest are the code cells of a notebook: those that a reader runs first, and the others.
func headAndRest(book coursebook.Book) (head, rest []coursebook.Cell) {
	for _, cell := range book.Cells {
		switch {
		case cell.Type != "code":
		case kerneltest.IsHead(cell):
			head = append(head, cell)
		default:
			rest = append(rest, cell)
		}
	}
	return head, rest
}

// independent leaves out the cells that cannot run before the cell above them.
func independent(cells iter.Seq2[int, coursebook.Cell]) iter.Seq[coursebook.Cell] {
	return func(yield func(coursebook.Cell) bool) {
		for _, cell := range cells {
			if !slices.Contains(cell.Metadata.Tags, needsPrevious) && !yield(cell) {
				return
			}
		}
	}
}

// withSmallest gives each parameter of a notebook its smallest value, or its first choice.
func withSmallest(t *testing.T, book coursebook.Book) coursebook.Book {
	t.Helper()
	book.Cells = slices.Clone(book.Cells)
	for i := range book.Cells {
		cell := &book.Cells[i]
		if !slices.Contains(cell.Metadata.Tags, "parameters") {
			continue
		}
		for line := range strings.SplitSeq(string(cell.Source), "\n") {
			found := parameterLine.FindStringSubmatch(strings.Join(strings.Fields(line), " "))
			if found == nil {
				continue
			}
			if bounds := fromTo.FindStringSubmatch(found[2]); bounds != nil {
				cell.Source = withParameter(t, cell.Source, found[1], bounds[1])
			} else if list := oneOf.FindStringSubmatch(found[2]); list != nil {
				choice, _, _ := strings.Cut(list[1], ",")
				cell.Source = withParameter(t, cell.Source, found[1], choice)
			}
		}
	}
	return book
}

// measured is a number that may differ from run to run: one with a unit, a process number, a place in memory or in a
// folder with a random name.
var measured = regexp.MustCompile(`-?[\d.,]+ ?((ns|µs|ms|s|seconds|B|kB|KB|MB|MiB|KiB|GB|times|cores?)\b|%)|pid \d+|process \d+|by \[[\d ]+\]|0x[0-9a-f]+|goroutine \d+|\+0x\w+|` +
	regexp.QuoteMeta(os.TempDir()) + `\S*`)

// answers is what each cell printed, without what was measured, and with its lines sorted: where several workers print,
// their order is chance.
func answers(cells []coursebook.Cell) map[string]string {
	byID := map[string]string{}
	for _, cell := range cells {
		id := cell.ID
		for i, printed := range strings.Split(cell.Stdout(), beginsCell) {
			if i > 0 { // a joined cell
				id, printed, _ = strings.Cut(printed, "\n")
			}
			lines := strings.Split(strings.Trim(measured.ReplaceAllString(printed, "#"), "\n"), "\n")
			slices.Sort(lines)
			byID[id] = strings.Join(lines, "\n")
		}
	}
	return byID
}

// executeIn executes cells as a notebook in a folder, also after one that fails.
func executeIn(t testing.TB, folder string, cells []coursebook.Cell, environment ...string) []coursebook.Cell {
	t.Helper()
	var plain []any
	for i, cell := range cells {
		cell.ID = strconv.Itoa(i) // one that is executed twice needs two
		plain = append(plain, kerneltest.Plain(cell))
	}
	book := map[string]any{"cells": plain, "nbformat": 4, "nbformat_minor": 5,
		"metadata": map[string]any{"kernelspec": map[string]any{"name": setup.KernelName, "display_name": "Go", "language": "go"}}}
	env := kerneltest.SetUp(t, "../..")
	content, err := json.Marshal(book)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "executed.ipynb")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	program, err := filepath.Abs("../testdata/execute.py")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), env.VenvPython(), program, path)
	cmd.Dir = folder
	temp, err := os.MkdirTemp("", "nb-*") // a short name: the path of a Unix socket must not be long
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(temp)
	cmd.Env = append(setup.WithoutPythonSettings(os.Environ()), append(environment, "JUPYTER_DATA_DIR="+env.Data(), "TMPDIR="+temp)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	executed, err := coursebook.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range executed.Cells {
		executed.Cells[i].ID = cells[i].ID
	}
	return executed.Cells
}
