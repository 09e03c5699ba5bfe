package coursetest

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"multiprocessing/kernel/internal/kerneltest"
	"multiprocessing/kernel/internal/setup"
	"multiprocessing/kernel/nbformat"
)

// needsPrevious is the tag of a cell that shows that declarations stay: it cannot run before the cell above it.
const needsPrevious = "needs-previous"

// chance are the tags of cells whose answer is not always the same: one that shows that it is chance, as with a race; a
// lesson, in which chance says who loses; an exercise, whose check says what the machine could not show.
var chance = []string{"varies", "raises-exception", "exercise"}

// TestAnyCellWorksAndAnswersTheSameRightAfterParametersAndImports runs every chapter with the smallest values of its
// parameters, and then its code cells backward: so each runs when none of those before it has, and for the second time.
func TestAnyCellWorksAndAnswersTheSameRightAfterParametersAndImports(t *testing.T) {
	command := kernelCommand(t)
	chapters, _ := courseNotebooks(t)
	for _, path := range slices.Backward(chapters) { // those that take longest are the last
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			first := runSmallest(t, command, path)
			for _, cell := range runBackward(t, path, first) {
				if message := cell.ErrorMessage(); message != "" && !cell.ShouldFail() {
					t.Errorf("%s fails when no cell but parameters and imports has run before it: %s", cell.ID, message)
				}
				if before, now := answers(kerneltest.Cell(first, cell.ID)), answers(cell); before != now {
					t.Errorf("%s answers %q the second time, %q the first; a number that is measured needs its unit", cell.ID, now, before)
				}
			}
		})
	}
}

// kernelCommand builds the kernel command and returns its path.
func kernelCommand(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kernel")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, "multiprocessing/kernel").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// smallest returns the -p flags that give every parameter of a notebook its smallest value, or its first choice.
func smallest(t *testing.T, path string) (flags []string) {
	t.Helper()
	book, err := nbformat.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	parameters, _ := tagged(book, "parameters")
	for line := range strings.SplitSeq(string(parameters.Source), "\n") {
		found := parameterLine.FindStringSubmatch(strings.Join(strings.Fields(line), " "))
		if found == nil {
			continue
		}
		if bounds := fromTo.FindStringSubmatch(found[2]); bounds != nil {
			flags = append(flags, "-p", found[1]+"="+strings.ReplaceAll(bounds[1], "_", ""))
		} else if list := oneOf.FindStringSubmatch(found[2]); list != nil {
			choice, _, _ := strings.Cut(list[1], ",")
			flags = append(flags, "-p", found[1]+"="+choice)
		}
	}
	return flags
}

// runSmallest runs a notebook with the smallest values of its parameters.
func runSmallest(t *testing.T, command, path string) nbformat.Book {
	t.Helper()
	output := filepath.Join(t.TempDir(), "smallest.ipynb")
	args := append([]string{"run", path, "--budget", budget, "-o", output}, smallest(t, path)...)
	if out, err := exec.CommandContext(t.Context(), command, args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	book, err := nbformat.Read(output)
	if err != nil {
		t.Fatal(err)
	}
	return book
}

// budget of a comparison of times: its answers are the same after a short one.
const budget = "1ms"

// measured is a number that may differ from run to run: one with a unit, a process number, a place in memory or in a
// folder with a random name.
var measured = regexp.MustCompile(`-?[\d.,]+ ?(ns|µs|ms|s|seconds|B|kB|KB|MB|MiB|KiB|GB|%|times|cores?)\b|pid \d+|process \d+|by \[[\d ]+\]|0x[0-9a-f]+|goroutine \d+|\+0x\w+|` +
	regexp.QuoteMeta(os.TempDir()) + `\S*`)

// answers is what a cell printed, without what was measured, and with its lines sorted: where several workers print, their
// order is chance.
func answers(cell nbformat.Cell) string {
	for _, tag := range chance {
		if slices.Contains(cell.Metadata.Tags, tag) {
			return ""
		}
	}
	lines := strings.Split(measured.ReplaceAllString(cell.Stdout(), "#"), "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// runBackward executes the parameters and imports of a notebook, which has been executed, and then its other code cells
// from the last to the first. It returns them in that order.
func runBackward(t *testing.T, path string, executed nbformat.Book) []nbformat.Cell {
	t.Helper()
	var head, rest []any
	for _, cell := range executed.Cells {
		switch {
		case cell.Type != "code" || slices.Contains(cell.Metadata.Tags, needsPrevious):
		case kerneltest.IsHead(cell):
			head = append(head, kerneltest.Plain(cell))
		default:
			rest = append(rest, kerneltest.Plain(cell))
		}
	}
	slices.Reverse(rest)
	return executeIn(t, filepath.Dir(path), append(head, rest...), "MULTIPROCESSING_BUDGET="+budget)[len(head):]
}

// executeIn executes cells as a notebook in a folder, also after one that fails.
func executeIn(t testing.TB, folder string, cells []any, environment ...string) []nbformat.Cell {
	t.Helper()
	book := map[string]any{"cells": cells, "nbformat": 4, "nbformat_minor": 5,
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
	executed, err := nbformat.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	return executed.Cells
}
