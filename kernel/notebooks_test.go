package main

import (
	"context"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"multiprocessing/kernel/coursebook"
)

// folder of the course's notebooks.
const notebooks = "../notebooks"

// TestStartHereSaysWhatItShould runs the notebook as it stands. TestBrowserRunsThePrimesNotebook does so with the primes;
// with the smallest values of its parameters every notebook is run.
func TestStartHereSaysWhatItShould(t *testing.T) {
	t.Parallel()
	book := runNotebook(t, filepath.Join(notebooks, "00-start-here.ipynb"))
	wantNoFailure(t, book)
	wantOutput(t, book, "double(21)", "42\n")
	wantOutput(t, book, "double(double(21))", "84\n")
	wantOutput(t, book, "count++", "here count is 2\n")
	wantOutput(t, book, `"and here it is"`, "and here it is 1 again\n")
	if got := output(t, book, "sleepers, 100 ms each"); !regexp.MustCompile(`^10 sleepers, 100 ms each: \d+ ms in all\n$`).MatchString(got) {
		t.Errorf("the sleepers' cell shows %q", got)
	}
}

func wantNoFailure(t *testing.T, book coursebook.Book) {
	t.Helper()
	for i, cell := range book.Cells {
		if message := cell.ErrorMessage(); message != "" && !cell.ShouldFail() {
			t.Errorf("cell %d: %s", i+1, message)
		}
	}
}

// runNotebook runs a notebook as a reader without a browser would.
func runNotebook(t *testing.T, path string) coursebook.Book {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	executed := filepath.Join(t.TempDir(), filepath.Base(path))
	cmd := exec.CommandContext(ctx, binary, "run", path, "-o", executed)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("kernel run %s: %v\n%s", path, err, out)
	}
	book, err := coursebook.Read(executed)
	if err != nil {
		t.Fatal(err)
	}
	return book
}

// output returns what the first cell whose source contains part showed, as text.
func output(t *testing.T, book coursebook.Book, part string) string {
	t.Helper()
	for _, cell := range book.Cells {
		if cell.Type != "code" || !strings.Contains(string(cell.Source), part) {
			continue
		}
		text := cell.Stdout()
		for _, out := range cell.Outputs {
			if plain := string(out.Data["text/plain"]); !strings.HasPrefix(plain, "built in ") { // a browser's line of times
				text += plain
			}
		}
		return text
	}
	t.Fatalf("no cell contains %q", part)
	return ""
}

// wantOutput checks what the cell whose source contains part showed.
func wantOutput(t *testing.T, book coursebook.Book, part, want string) {
	t.Helper()
	if got := output(t, book, part); got != want {
		t.Errorf("the cell with %q shows %q, want %q", part, got, want)
	}
}

const (
	deckAnswers = "[224729 224737 224743 224759]" // slide 9
	trueAnswers = "[224737 224743 224759 224771]" // the 20,000th prime and on
)

func checkPrimes(t *testing.T, book coursebook.Book) {
	t.Helper()
	wantNoFailure(t, book)
	wantOutput(t, book, "the true primes", "the deck's count: "+deckAnswers+"\nthe true primes:  "+trueAnswers+"\n")
	mechanisms := 0
	for _, cell := range book.Cells {
		if got := cell.Stdout(); strings.HasPrefix(got, "[") {
			mechanisms++
			if strings.Fields(got)[0] != strings.Fields(deckAnswers)[0] || !strings.HasPrefix(got, deckAnswers) {
				t.Errorf("%s shows %q, want the deck's answers", cell.ID, got)
			}
		}
	}
	if mechanisms != 6 {
		t.Errorf("%d cells show the answers of a mechanism, want 6", mechanisms)
	}
	shown := output(t, book, "times := timing.Compare")
	shown = shown[max(0, strings.Index(shown, "case ")):] // without the line that there is no Python without a GIL
	table, _, _ := strings.Cut(shown, "\nGo ")            // its caption; another table follows
	checkTable(t, tableColumns, rowsOfText(t, table))
	if got := output(t, book, "exercise.PrimeTable(primeTable))"); !strings.HasPrefix(got, "Not yet: ") || !strings.Contains(got, "one task at a time") {
		t.Errorf("the exercise's starter gets %q, want that it runs one task at a time", got)
	}
}

// tableRows are the rows of the deck's table, in order.
var tableRows = []string{
	"serial", "goroutines", "pool", "processes", "process pool",
	"Python serial", "Python threads", "Python processes", "Python pool",
}

// noGILRows follow if there is a Python without a GIL.
var noGILRows = []string{"Python serial, no GIL", "Python threads, no GIL"}

var number = regexp.MustCompile(`^[0-9,]*\.?[0-9]+$`)

var tableColumns = []string{
	"case", "workers", "start ms", "median ms", "low ms", "high ms", "deck ms",
	"speedup", "speedup low", "speedup high", "efficiency", "verdict", "result",
}

// checkTable checks the deck's table as a notebook or a browser shows it: a row of column names, and one for each case.
// Intervals need six rounds of a case. A busy computer may not get them done in the time given, and the table has no
// columns for intervals then.
func checkTable(t *testing.T, columns []string, rows [][]string) {
	t.Helper()
	names := tableRows
	if len(rows) > 1+len(tableRows) {
		names = slices.Concat(tableRows, noGILRows)
	}
	if len(rows) != 1+len(names) {
		t.Fatalf("the table has %d rows, want a head and %q: %q", len(rows), names, rows)
	}
	interval := regexp.MustCompile(`^(low|high) | (low|high)$`)
	columns = slices.DeleteFunc(slices.Clone(columns), func(name string) bool {
		return interval.MatchString(name) && !slices.Contains(rows[0], name)
	})
	if !slices.Equal(rows[0], columns) {
		t.Fatalf("the table's columns are %q, want %q", rows[0], columns)
	}
	deck := map[string]string{"Python serial": "3,687", "Python threads": "5,649", "Python processes": "1,293", "Python pool": "1,313"}
	for i, cells := range rows[1:] {
		row := map[string]string{}
		for j, cell := range cells {
			row[columns[j]] = cell
		}
		name := names[i]
		if row["case"] != name {
			t.Errorf("row %d is %q, want %q", i+1, row["case"], name)
		}
		if row["result"] != deckAnswers {
			t.Errorf("%s: result %q, want %q", name, row["result"], deckAnswers)
		}
		if strings.Contains(row["verdict"], "wrong") || strings.Contains(row["verdict"], "failed") || row["verdict"] == "" {
			t.Errorf("%s: verdict %q", name, row["verdict"])
		}
		for _, column := range []string{"median ms", "speedup", "efficiency"} {
			if !number.MatchString(row[column]) {
				t.Errorf("%s: %s is %q, want a number", name, column, row[column])
			}
		}
		if started := row["start ms"] != "–"; started != (name == "processes" || name == "process pool") {
			t.Errorf("%s: start ms is %q", name, row["start ms"])
		}
		want := deck[name]
		if want == "" {
			want = "–"
		}
		if row["deck ms"] != want {
			t.Errorf("%s: deck ms is %q, want %q", name, row["deck ms"], want)
		}
	}
}

// rowsOfText splits the plain text of a table into rows and cells: cells stand at least two spaces apart. A wide table is
// set in blocks, each with the first column, in which a long verdict takes several lines; the caption follows the last row.
func rowsOfText(t *testing.T, text string) [][]string {
	t.Helper()
	gap := regexp.MustCompile(` {2,}`)
	var rows [][]string
	for i, block := range strings.Split(text, "\n\n") {
		for line := range strings.Lines(block) {
			cells := gap.Split(strings.TrimSpace(line), -1)
			n := slices.IndexFunc(rows, func(row []string) bool { return row[0] == cells[0] })
			switch {
			case len(cells) < 2: // of the caption, or of a verdict
			case i == 0:
				rows = append(rows, cells)
			case n >= 0:
				rows[n] = append(rows[n], cells[1:]...)
			}
		}
	}
	return rows
}
