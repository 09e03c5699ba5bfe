package display

import (
	"encoding/xml"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"
	"github.com/janpfeifer/gonb/gonbui/protocol"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares got with a file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != strings.ReplaceAll(string(want), "\r\n", "\n") {
		t.Errorf("%s: got\n%s\nRun go test -update if it is meant to change.", name, got)
	}
}

// nan is the number that is missing.
var nan = math.NaN()

// measured is a table as timing gives it.
func measured() dataframe.DataFrame {
	return dataframe.New(
		series.New([]string{"serial", "goroutines", "<b>pool</b> & co", "broken"}, series.String, "case"),
		series.New([]int{1, 2, 12345, 2}, series.Int, "workers"),
		series.New([]float64{1451.26, 34.94, 0.01234, nan}, series.Float, "median ms"),
		series.New([]float64{nan, nan, nan, nan}, series.Float, "start ms"),
		series.New([]float64{1, 41.5, 117_600, nan}, series.Float, "speedup"),
		series.New([]bool{true, true, false, false}, series.Bool, "shown"),
		series.New([]string{"base", "faster", "wrong answer, not that of serial; faster", "failed: no\ndisk"}, series.String, "verdict"),
	)
}

func TestTheTableAsHTML(t *testing.T) {
	golden(t, "table.html", tableHTML(measured(), settings{rows: 20, caption: "2 cores, <quiet>"}))
}

func TestTheTableAsText(t *testing.T) {
	golden(t, "table.txt", tableText(measured(), settings{rows: 20, caption: "2 cores, <quiet>"}))
}

func TestIntervalsStandBelowTheirNumbersInHTML(t *testing.T) {
	df := dataframe.New(
		series.New([]string{"serial", "pool"}, series.String, "case"),
		series.New([]float64{70, 35.25}, series.Float, "median ms"),
		series.New([]float64{nan, 34.9}, series.Float, "low ms"),
		series.New([]float64{nan, 36}, series.Float, "high ms"),
		series.New([]float64{1, 1.99}, series.Float, "speedup"),
		series.New([]float64{1, 1.95}, series.Float, "speedup low"),
		series.New([]float64{1, 2.03}, series.Float, "speedup high"),
		series.New([]float64{1, 2}, series.Float, "low ms2"),
	)
	golden(t, "intervals.html", strings.ReplaceAll(tableHTML(df, settings{rows: 20}), style, ""))
	golden(t, "intervals.txt", tableText(df, settings{rows: 20}))
}

func TestAGuessHasBelowItHowFarOffItWas(t *testing.T) {
	df := dataframe.New(
		series.New([]string{"serial", "pool", "goroutines", "processes"}, series.String, "case"),
		series.New([]float64{1, 1.9, 1.9, 1.9}, series.Float, "speedup"),
		series.New([]float64{1, 1.8, 1.8, 1.8}, series.Float, "speedup low"),
		series.New([]float64{1, 1.98, 1.98, 1.98}, series.Float, "speedup high"),
		series.New([]float64{nan, 3.8, 1.805, 1.9}, series.Float, "speedup guess"),
		series.New([]float64{nan, 100, -5, 0}, series.Float, "speedup guess off %"),
		series.New([]int{1, 2, 2, 2}, series.Int, "workers"),
	)
	picked := pick(df, chosen(df.Names(), []string{"case", "speedup", "workers"}))
	golden(t, "guess.html", strings.ReplaceAll(tableHTML(picked, settings{rows: 20}), style, ""))
	golden(t, "guess.txt", tableText(picked, settings{rows: 20}))
}

func TestTheHTMLIsWellFormedAndEscaped(t *testing.T) {
	got := tableHTML(measured(), settings{rows: 2, caption: "<script>"})
	d := xml.NewDecoder(strings.NewReader(got))
	d.Strict = true
	for {
		tok, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := tok.(xml.StartElement); ok && (e.Name.Local == "b" || e.Name.Local == "script") {
			t.Errorf("<%s> came through", e.Name.Local)
		}
	}
}

func TestManyRowsAreFolded(t *testing.T) {
	df := dataframe.New(series.New(make([]int, 1234), series.Int, "n"))
	got := tableHTML(df, settings{rows: 20})
	if !strings.Contains(got, "<details><summary>1,214 more rows</summary>") {
		t.Error("the rest is not folded")
	}
	if n := strings.Count(got, "<tr>"); n != 1234+2 {
		t.Errorf("%d rows, want 1,234 and two heads", n)
	}
	text := tableText(df, settings{rows: 20})
	if n := strings.Count(text, "\n"); n != 22 || !strings.HasSuffix(text, "... 1,214 more rows\n") {
		t.Errorf("the text has %d lines", n)
	}
	if got := tableText(df.Subset([]int{0, 1, 2}), settings{rows: 2}); !strings.Contains(got, "1 more row\n") {
		t.Errorf("got %q", got)
	}
}

func TestATableWithoutRowsKeepsItsColumns(t *testing.T) {
	df := dataframe.New(series.New([]float64{}, series.Float, "median ms"))
	if got := tableText(df, settings{rows: 20}); got != "median ms\n" {
		t.Errorf("got %q", got)
	}
}

func TestTheTableForProgramsIsExactAndWhole(t *testing.T) {
	df := dataframe.New(
		series.New([]string{"a, b", ""}, series.String, "case"),
		series.New([]float64{1.0 / 3, math.NaN()}, series.Float, "median ms"))
	if got, want := tableCSV(df), "case,median ms\n\"a, b\",0.3333333333333333\n,\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAnErrorInTheFrameAndBadOptionsPanic(t *testing.T) {
	for want, f := range map[string]func(){
		"display: Table: the data frame carries an error: ": func() { Table(measured().Select([]string{"no such"})) },
		"display: Rows: must be at least 1, got 0":          func() { Rows(0) },
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.HasPrefix(got, want) {
					t.Errorf("got %q, want %q", got, want)
				}
			}()
			f()
		}()
	}
}

// printed is what f prints.
func printed(t *testing.T, f func()) (out, errs string) {
	t.Helper()
	files := [2]*os.File{}
	for i := range files {
		file, err := os.Create(filepath.Join(t.TempDir(), "out"))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		files[i] = file
	}
	oldOut, oldErr := os.Stdout, os.Stderr
	os.Stdout, os.Stderr = files[0], files[1]
	defer func() { os.Stdout, os.Stderr = oldOut, oldErr }()
	f()
	read := func(f *os.File) string {
		text, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	return read(files[0]), read(files[1])
}

func TestOutsideANotebookThePlainFormIsPrinted(t *testing.T) {
	t.Setenv(protocol.GONB_PIPE_ENV, "")
	for want, f := range map[string]func(){
		"in words\n":    func() { SVG("<svg/>", "in words") },
		"**bold**\n":    func() { Markdown("**bold**") },
		"plain\n":       func() { HTML("<b>plain</b>", "plain") },
		"n\n1\nsmall\n": func() { Table(dataframe.New(series.New([]int{1}, series.Int, "n")), Caption("small")) },
	} {
		if got, errs := printed(t, f); got != want || errs != "" {
			t.Errorf("got %q and %q, want %q", got, errs, want)
		}
	}
}

func TestAFailureOfTheNotebookPrintsThePlainFormAndTheReason(t *testing.T) {
	t.Setenv(protocol.GONB_PIPE_ENV, "/no/such/pipe")
	got, errs := printed(t, func() { HTML("<b>x</b>", "plain") })
	if got != "plain\n" || !strings.HasPrefix(errs, "display: opening the pipe to the notebook") {
		t.Errorf("got %q and %q", got, errs)
	}
}

func BenchmarkTable1000Rows(b *testing.B) {
	frame := measured()
	rows := make([]int, 1000)
	for i := range rows {
		rows[i] = i % 4
	}
	frame = frame.Subset(rows)
	for b.Loop() {
		tableHTML(frame, settings{rows: 20})
		tableText(frame, settings{rows: 20})
	}
}

func TestOnlyPicksColumnsWithTheirIntervals(t *testing.T) {
	df := dataframe.New(
		series.New([]string{"a"}, series.String, "case"),
		series.New([]float64{1}, series.Float, "median ms"),
		series.New([]float64{0.5}, series.Float, "low ms"),
		series.New([]float64{1.5}, series.Float, "high ms"),
		series.New([]int{2}, series.Int, "workers"),
	)
	got := pick(df, chosen(df.Names(), []string{"workers", "median ms"})).Names()
	if want := []string{"workers", "median ms", "low ms", "high ms"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	defer func() {
		if said, _ := recover().(string); !strings.HasPrefix(said, `display: Table: Only: the data frame has no column "speedup"`) {
			t.Errorf("panic %q", said)
		}
	}()
	Table(df, Only("case", "speedup"))
}
