package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"multiprocessing/kernel/browsertest"
	"multiprocessing/kernel/coursebook"
	"multiprocessing/kernel/internal/kerneltest"
	"multiprocessing/kernel/internal/setup"
)

// explored are the notebooks with sliders: the cell that measures without them, and values for the parameters that both
// take, none of them the default.
var explored = []struct {
	name, measures string
	values         map[string]string
}{
	{"01-why-parallel.ipynb", "why-parallel-14", map[string]string{"serialShare": "0.25", "most": "3", "pieces": "60"}},
	{"05-primes.ipynb", "primes-23", map[string]string{"start": "300", "tasks": "6", "workers": "3"}},
	{"06-pool.ipynb", "pool-20", map[string]string{"workers": "3", "tasks": "6", "chunk": "5", "work": "unequal"}},
	{"08-value-and-array.ipynb", "value-and-array-21", map[string]string{"workers": "3", "additions": "12345"}},
}

// quickly has comparisons of times take not longer than their answers need.
const quickly = "MULTIPROCESSING_BUDGET=1ms"

// TestByHandByCommandAndBySliderTheSameParametersGiveTheSameAnswers gives each notebook with sliders the same values in
// all three ways, and compares the results case by case.
func TestByHandByCommandAndBySliderTheSameParametersGiveTheSameAnswers(t *testing.T) {
	besideOthers(t)
	browser := browsertest.Path(t)
	ways := map[string]func(*testing.T) []map[string]string{"by hand": runByHand, "by command": runByCommand,
		"by slider": func(t *testing.T) []map[string]string { return runBySlider(t, browser) }}
	results := map[string][]map[string]string{}
	var mu sync.Mutex // guards results
	t.Run("run", func(t *testing.T) {
		for way, run := range ways {
			t.Run(way, func(t *testing.T) {
				besideOthers(t)
				ran := run(t)
				mu.Lock()
				defer mu.Unlock()
				results[way] = ran
			})
		}
	})
	if t.Failed() {
		return
	}
	for i, e := range explored {
		for _, way := range []string{"by hand", "by command"} {
			compareResults(t, e.name, way, results[way][i], results["by slider"][i])
		}
	}
}

// runBySlider runs the cells with sliders in JupyterLab, with the values.
func runBySlider(t *testing.T, browser string) (results []map[string]string) {
	t.Helper()
	var names []string
	for _, e := range explored {
		path := filepath.Join(t.TempDir(), e.name)
		writeBook(t, path, partOf(t, e.name, func(c coursebook.Cell) bool { return slices.Contains(c.Metadata.Tags, "explore") }, nil))
		names = append(names, copyForLab(t, "three-ways-"+strings.TrimSuffix(e.name, ".ipynb"), path))
	}
	url, stop := startLab(t, []string{quickly}, names[0])
	ctx, closeBrowser := browsertest.Open(t, browser, 1360, 1150)
	leaveUnsaved(ctx)
	for i, e := range explored {
		results = append(results, moveSliders(t, ctx, strings.Replace(url, names[0], names[i], 1), e.values))
	}
	closeBrowser()
	stop()
	wantNothingLeft(t)
	return results
}

// leaveUnsaved has the browser leave a notebook that is not saved, as one that was run is, without asking.
func leaveUnsaved(ctx context.Context) {
	chromedp.ListenTarget(ctx, func(event any) {
		if _, asks := event.(*page.EventJavascriptDialogOpening); asks {
			go func() { _ = chromedp.Run(ctx, page.HandleJavaScriptDialog(true)) }()
		}
	})
}

// compareResults wants the cases of the sliders to have their results in another way, too.
func compareResults(t *testing.T, name, way string, results, bySlider map[string]string) {
	t.Helper()
	if len(bySlider) < 3 {
		t.Errorf("%s: by slider there are only %d results", name, len(bySlider))
	}
	for label, result := range bySlider {
		if results[label] != result {
			t.Errorf("%s: %s is %q by slider and %q %s", name, label, result, results[label], way)
		}
	}
}

// runByHand writes the values into the parameters cells, as a reader does, and runs them with the cells that measure.
func runByHand(t *testing.T) []map[string]string {
	t.Helper()
	return runMeasuring(t, nil, true)
}

// runByCommand runs the cells with the values as -p flags.
func runByCommand(t *testing.T) []map[string]string {
	t.Helper()
	given := map[string]string{}
	for _, e := range explored {
		for name, value := range e.values {
			if before, ok := given[name]; ok && before != value {
				t.Fatalf("%s has two values: one command takes one", name)
			}
			given[name] = value
		}
	}
	var flags []string
	for _, name := range slices.Sorted(maps.Keys(given)) {
		flags = append(flags, "-p", name+"="+given[name])
	}
	return runMeasuring(t, flags, false)
}

func runMeasuring(t *testing.T, flags []string, byHand bool) (results []map[string]string) {
	t.Helper()
	folder := t.TempDir()
	args := append([]string{"run", "-o", filepath.Join(folder, "out")}, flags...)
	if err := os.Mkdir(filepath.Join(folder, "out"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, e := range explored {
		values := e.values
		if !byHand {
			values = nil
		}
		path := filepath.Join(folder, e.name)
		writeBook(t, path, partOf(t, e.name, func(c coursebook.Cell) bool { return c.ID == e.measures }, values))
		args = append(args, path)
	}
	if r := kernel(t, []string{quickly}, args...); r.code != 0 {
		t.Fatalf("exit status %d\n%s\n%s", r.code, r.stdout, r.stderr)
	}
	for _, e := range explored {
		found, err := filepath.Glob(filepath.Join(folder, "out", strings.TrimSuffix(e.name, ".ipynb")+"*.ipynb"))
		if err != nil || len(found) != 1 {
			t.Fatalf("%s: outputs %q, %v", e.name, found, err)
		}
		book, err := coursebook.Read(found[0])
		if err != nil {
			t.Fatal(err)
		}
		results = append(results, resultsOf(t, kerneltest.Cell(book, e.measures)))
	}
	return results
}

// partOf is a notebook of the parameters and imports of a chapter, with values written into the parameters, and of one
// more cell.
func partOf(t *testing.T, name string, wanted func(coursebook.Cell) bool, values map[string]string) map[string]any {
	t.Helper()
	book, err := coursebook.Read(filepath.Join(notebooks, name))
	if err != nil {
		t.Fatal(err)
	}
	var cells []any
	for _, cell := range book.Cells {
		if cell.Type != "code" || !kerneltest.IsHead(cell) && !wanted(cell) {
			continue
		}
		if slices.Contains(cell.Metadata.Tags, "parameters") {
			for parameter, value := range values {
				cell.Source = withValue(t, cell.Source, parameter, value)
			}
		}
		cells = append(cells, kerneltest.Plain(cell))
	}
	return map[string]any{"cells": cells, "nbformat": 4, "nbformat_minor": 5,
		"metadata": map[string]any{"kernelspec": map[string]any{"name": setup.KernelName, "display_name": "Go (gonb)", "language": "go"}}}
}

// withValue changes the line of one parameter.
func withValue(t *testing.T, source coursebook.Lines, parameter, value string) coursebook.Lines {
	t.Helper()
	line := regexp.MustCompile(`(?m)^(var ` + parameter + `(?: float64)? += )("?)[^ "]+("?)`)
	if !line.MatchString(string(source)) {
		t.Fatalf("no line of the parameter %s", parameter)
	}
	return coursebook.Lines(line.ReplaceAllString(string(source), "${1}${2}"+value+"${3}"))
}

func writeBook(t *testing.T, path string, book map[string]any) {
	t.Helper()
	content, err := json.Marshal(book)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// resultsOf are the results in a cell's table, by case.
func resultsOf(t *testing.T, cell coursebook.Cell) map[string]string {
	t.Helper()
	for _, output := range cell.Outputs {
		if table := output.Data["text/csv"]; table != "" {
			rows, err := csv.NewReader(strings.NewReader(string(table))).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			return byCase(rows)
		}
	}
	t.Fatalf("the cell %s shows no table", cell.ID)
	return nil
}

// byCase has the column result of a table by the column case.
func byCase(rows [][]string) map[string]string {
	label, result := slices.Index(rows[0], "case"), slices.Index(rows[0], "result")
	results := map[string]string{}
	for _, row := range rows[1:] {
		results[row[label]] = row[result]
	}
	return results
}

// moveSliders sets the controls of the last cell of a notebook in JupyterLab and presses Run.
func moveSliders(t *testing.T, ctx context.Context, url string, values map[string]string) map[string]string {
	t.Helper()
	do(t, ctx, "open the notebook", chromedp.Navigate(url+"&reset"), until(kernelIsChosen))
	do(t, ctx, "choose Run > Run All Cells", chooseRunAll())
	do(t, ctx, "see the sliders ready", until(exploreReady))
	given, err := json.Marshal(values)
	if err != nil {
		t.Fatal(err)
	}
	do(t, ctx, "set the controls", chromedp.Evaluate(`(() => {
		const values = `+string(given)+`;
		for (const label of document.querySelectorAll('.mp-explore label')) {
			const control = document.getElementById(label.htmlFor);
			control.value = values[label.textContent];
			control.dispatchEvent(new Event('input'));
		}
	})()`, nil))
	do(t, ctx, "press Run", exploreRun)
	var content string
	var rows [][]string
	do(t, ctx, "read the table", chromedp.Evaluate(
		`JSON.stringify([...`+exploreCell+`.querySelector('table').rows].map(r => [...r.cells].map(c => c.textContent.trim())))`, &content))
	if err := json.Unmarshal([]byte(content), &rows); err != nil {
		t.Fatal(err)
	}
	return byCase(rows)
}
