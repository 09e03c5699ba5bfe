package coursetest

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
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

// TestAnyCellWorksAndAnswersTheSameRightAfterParametersAndImports runs the code cells of every chapter backward: so
// each runs when none of those before it has, and for the second time.
func TestAnyCellWorksAndAnswersTheSameRightAfterParametersAndImports(t *testing.T) {
	forward := runSmallest(t)
	chapters, _ := courseNotebooks(t)
	for _, path := range chapters {
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first := forward[name]
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

// smallest returns the -p flags that give every parameter of the notebooks its smallest value, or its first choice. Where
// notebooks have a parameter of the same name, the value is one that all of them allow.
func smallest(t *testing.T, paths []string) (flags []string) {
	t.Helper()
	numbers, choices := map[string]float64{}, map[string]string{}
	for _, path := range paths {
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
				low, err := strconv.ParseFloat(strings.ReplaceAll(bounds[1], "_", ""), 64)
				if err != nil {
					t.Fatal(err)
				}
				if before, ok := numbers[found[1]]; !ok || low > before {
					numbers[found[1]] = low
				}
			} else if list := oneOf.FindStringSubmatch(found[2]); list != nil {
				choices[found[1]], _, _ = strings.Cut(list[1], ",")
			}
		}
	}
	for name, low := range numbers {
		flags = append(flags, "-p", name+"="+strconv.FormatFloat(low, 'f', -1, 64))
	}
	for name, choice := range choices {
		flags = append(flags, "-p", name+"="+choice)
	}
	return flags
}

// runSmallest runs all chapters with one command, with the smallest values of their parameters.
func runSmallest(t *testing.T) map[string]nbformat.Book {
	t.Helper()
	chapters, _ := courseNotebooks(t)
	folder := t.TempDir()
	args := slices.Concat([]string{"run", "./kernel", "run", "--budget", "200ms", "-o", folder}, smallest(t, chapters))
	for _, path := range chapters {
		args = append(args, strings.TrimPrefix(filepath.ToSlash(path), "../../"))
	}
	cmd := exec.CommandContext(t.Context(), "go", args...) // as a reader types it
	cmd.Dir = "../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	outputs, err := filepath.Glob(filepath.Join(folder, "*.ipynb"))
	if err != nil || len(outputs) != len(chapters) {
		t.Fatalf("%d notebooks gave %d outputs: %v", len(chapters), len(outputs), err)
	}
	books := map[string]nbformat.Book{}
	for _, path := range chapters {
		prefix := strings.TrimSuffix(filepath.Base(path), ".ipynb")
		for _, output := range outputs {
			if !strings.HasPrefix(filepath.Base(output), prefix) {
				continue
			}
			if books[filepath.Base(path)], err = nbformat.Read(output); err != nil {
				t.Fatal(err)
			}
		}
	}
	return books
}

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
	book := map[string]any{"cells": append(head, rest...), "nbformat": 4, "nbformat_minor": 5,
		"metadata": map[string]any{"kernelspec": map[string]any{"name": setup.KernelName, "display_name": "Go", "language": "go"}}}
	return executeIn(t, filepath.Dir(path), book)[len(head):]
}

// executeIn executes a notebook in a folder, also after a cell that fails.
func executeIn(t *testing.T, folder string, book map[string]any) []nbformat.Cell {
	t.Helper()
	env := kerneltest.SetUp(t, "../..")
	content, err := json.Marshal(book)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "backward.ipynb")
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
	cmd.Env = append(setup.WithoutPythonSettings(os.Environ()), "JUPYTER_DATA_DIR="+env.Data(), "TMPDIR="+temp, "MULTIPROCESSING_BUDGET=200ms")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	executed, err := nbformat.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	return executed.Cells
}
