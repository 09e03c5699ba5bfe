package chart

import (
	"encoding/xml"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"

	"multiprocessing/lib/scaling"
)

var update = flag.Bool("update", false, "write the golden files anew")

var nan = math.NaN()

// frame has the columns of timing that Bars looks at.
func frame(values ...float64) dataframe.DataFrame {
	names := []string{"serial", "goroutines", "<pool> & co", "a case with a name that is much too long for it"}
	verdicts := []string{"base", "faster", "wrong answer, not that of serial; faster", "failed: no"}
	var low, high []float64
	for _, v := range values {
		low, high = append(low, v*0.9), append(high, v*1.2)
	}
	return dataframe.New(
		series.New(names[:len(values)], series.String, "case"),
		series.New(values, series.Float, "median ms"),
		series.New(low, series.Float, "low ms"),
		series.New(high, series.Float, "high ms"),
		series.New(verdicts[:len(values)], series.String, "verdict"),
	)
}

func drawn(t *testing.T, df dataframe.DataFrame, opts ...Option) (svg, description string) {
	t.Helper()
	svg, description, err := bars(df, "time per run, ms", opts...)
	if err != nil {
		t.Fatal(err)
	}
	return svg, description
}

// pictures are all kinds, by the name of their golden file.
func pictures(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	keep := func(name, svg string, err error) {
		if err != nil {
			t.Fatal(err)
		}
		all[name] = svg
	}
	keep2 := func(name string) func(svg, description string, err error) {
		return func(svg, _ string, err error) { keep(name, svg, err) }
	}
	keep2("bars-linear.svg")(bars(frame(70.1, 36.2, 35.9, nan), "time per run, ms"))
	keep2("bars-log.svg")(bars(frame(1400, 36.2, 5.9, nan), "time per run, ms"))
	keep2("efficiency.svg")(efficiency(coreTimes()))
	keep2("efficiency-busy.svg")(efficiency(onBusyMachine(coreTimes())))
	keep2("speedup.svg")(speedup(speedups(1, 2, 4, 8), nil))
	keep2("speedup-two-cores.svg")(speedup(speedups(1, 2), nil))
	usl, err := scaling.FitUSL(scaling.Points(speedups(1, 2, 4, 8, 16)))
	if err != nil {
		t.Fatal(err)
	}
	keep2("speedup-usl.svg")(speedup(speedups(1, 2, 4, 8, 16), []*scaling.Fit{usl}))
	keep2("history-one.svg")(history(runs(1)))
	keep2("history.svg")(history(runs(3)))
	keep2("history-many.svg")(history(runs(8)))
	keep2("bars-busy.svg")(bars(onBusyMachine(frame(70.1, 36.2, 35.9, nan)), "time per run, ms"))
	keep2("bars-guess.svg")(bars(withGuess(frame(70.1, 36.2, 35.9), nan, 2, 1.5), "time per run, ms"))
	keep2("bars-guess-speedup.svg")(bars(withGuess(frame(70.1, 36.2, 35.9), nan, 2, 1.5), "speedup", Columns("case", "speedup", "", "")))
	keep2("speedup-busy.svg")(speedup(onBusyMachine(speedups(1, 2, 4, 8)), nil))
	keep2("speedup-guess.svg")(speedup(withGuess(speedups(1, 2, 4), nan, 2, 3), nil))
	keep2("history-busy.svg")(history(onBusyMachine(runs(3))))
	keep2("stacked.svg")(stacked(memory(10, 2), "memory, MiB", "process", []string{"shared MiB", "own MiB"}))
	keep2("lines.svg")(xyLines(queues(), "items in the queue", "item", []string{"capacity 2", "no limit"}))
	return all
}

// speedups are what timing's frame says of a serial fraction of 5%.
func speedups(workers ...int) dataframe.DataFrame {
	var s, low, high []float64
	for _, n := range workers {
		v := scaling.Amdahl(0.05, float64(n))
		s, low, high = append(s, v), append(low, 0.95*v), append(high, 1.04*v)
	}
	return dataframe.New(
		series.New(workers, series.Int, "workers"),
		series.New(s, series.Float, "speedup"),
		series.New(low, series.Float, "speedup low"),
		series.New(high, series.Float, "speedup high"),
	)
}

func TestGoldenPictures(t *testing.T) {
	for name, got := range pictures(t) {
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
			t.Errorf("%s is another picture; look at it, and run go test -update if it is meant to be", name)
		}
	}
}

func TestAllPicturesAreWellFormedAndDescribed(t *testing.T) {
	for name, svg := range pictures(t) {
		d := xml.NewDecoder(strings.NewReader(svg))
		seen := map[string]bool{}
		for {
			tok, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if e, ok := tok.(xml.StartElement); ok {
				seen[e.Name.Local] = true
			}
		}
		if !seen["title"] || !seen["desc"] || seen["pool"] {
			t.Errorf("%s: title %v, description %v, unescaped %v", name, seen["title"], seen["desc"], seen["pool"])
		}
		if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
			t.Errorf("%s has no place for a number", name)
		}
	}
}

func TestTheDescriptionSaysWhatThePictureShows(t *testing.T) {
	_, got, err := speedup(speedups(1, 2, 4), nil)
	want := "Speedup against workers: 1 worker 1.00 [0.950 to 1.04]; 2 workers 1.90 [1.81 to 1.98]; 4 workers 3.48 [3.30 to 3.62]. Amdahl: serial 0.05 ["
	if err != nil || !strings.HasPrefix(got, want) {
		t.Errorf("got %q, %v", got, err)
	}
	_, got, err = speedup(speedups(1, 2), nil)
	if err != nil || !strings.Contains(got, "one point only: nothing says whether the law holds") {
		t.Errorf("got %q, %v", got, err)
	}
	_, got, err = speedup(speedups(1), nil)
	if err != nil || !strings.HasSuffix(got, "No curve: Amdahl's law through one point: there are 0 points to choose from; with several use FitAmdahl.") {
		t.Errorf("got %q, %v", got, err)
	}
	_, got, err = history(runs(2))
	want = "Line chart of time per run, ms, run by run. serial, start 20000: run 1 70.0; serial, start 20001: run 2 71.0; <pool>, start 20000: run 1 35.0; <pool>, start 20001: run 2 36.0."
	if err != nil || got != want {
		t.Errorf("got %q, %v", got, err)
	}
	_, got, err = history(runs(8))
	if err != nil || !strings.HasPrefix(got, "Line chart of time per run, ms (2 other lines not shown), run by run. serial, start 20003: run 4 73.0, run 8 77.0;") {
		t.Errorf("got %q, %v", got, err)
	}
}

// A reader may have none of the fonts: each text says the width that it was given room for.
func TestEveryTextKeepsToItsRoom(t *testing.T) {
	room := regexp.MustCompile(`<text x="[^"]*" y="[^"]*" transform="[^"]*" textLength="([0-9.]+)" lengthAdjust="spacingAndGlyphs" style="fill:`)
	for name, svg := range pictures(t) {
		found := room.FindAllStringSubmatch(svg, -1)
		if texts := strings.Count(svg, "<text "); texts == 0 || len(found) != texts {
			t.Errorf("%s: %d of %d texts say how wide they are", name, len(found), texts)
		}
		for _, f := range found {
			if width, err := strconv.ParseFloat(f[1], 64); err != nil || width < 1 || width > 680 {
				t.Errorf("%s: a text is %s wide", name, f[1])
			}
		}
	}
}

func TestThePictureIsWellFormedAndDescribed(t *testing.T) {
	svg, _ := drawn(t, frame(70.1, 36.2, 35.9, nan))
	text := map[string]string{}
	d := xml.NewDecoder(strings.NewReader(svg))
	var element string
	for {
		tok, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			element = tok.Name.Local
		case xml.CharData:
			text[element] += string(tok)
		}
	}
	if !strings.HasPrefix(text["title"], "time per run, ms") {
		t.Errorf("title %q", text["title"])
	}
	want := "Bar chart of time per run, ms: serial (base) 70.1 [63.1 to 84.1]; goroutines 36.2 [32.6 to 43.4]; " +
		"<pool> & co 35.9 (wrong answer) [32.3 to 43.1]; a case with a name that is much too long for it no result."
	if strings.TrimSpace(text["desc"]) != want {
		t.Errorf("description\n%q, want\n%q", text["desc"], want)
	}
}

func TestTheScaleFollowsTheValues(t *testing.T) {
	logScale := func(svg string) bool { return strings.Contains(svg, "(logarithmic scale)") }
	for _, c := range []struct {
		values []float64
		opts   []Option
		want   bool
	}{
		{[]float64{70, 36}, nil, false},
		{[]float64{7000, 36}, nil, true},
		{[]float64{7000, 36}, []Option{Linear()}, false},
		{[]float64{70, 36}, []Option{Log()}, true},
		{[]float64{7000, 0}, nil, false},
		{[]float64{nan, nan}, nil, false},
		{[]float64{5}, nil, false},
		{[]float64{5}, []Option{Log()}, true},
		{[]float64{-5, 5}, nil, false},
		{[]float64{0, 0}, nil, false},
	} {
		svg, _ := drawn(t, frame(c.values...), c.opts...)
		if logScale(svg) != c.want {
			t.Errorf("%v: logarithmic is %v", c.values, logScale(svg))
		}
		if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
			t.Errorf("%v: the picture has no place for a number", c.values)
		}
	}
}

func TestOtherColumnsCanBeDrawn(t *testing.T) {
	df := dataframe.New(series.New([]string{"a"}, series.String, "who"), series.New([]int{3}, series.Int, "n"))
	_, got := drawn(t, df, Columns("who", "n", "", ""))
	if got != "Bar chart of time per run, ms: a 3.00." {
		t.Errorf("got %q", got)
	}
}

func TestMisusePanicsWithThePackagesName(t *testing.T) {
	for want, f := range map[string]func(){
		"chart: Bars: the data frame carries an error: ":                      func() { Bars(frame(1).Select([]string{"x"}), "") },
		`chart: Bars: the data frame has no column "median ms", only ["case"`: func() { Bars(frame(1).Drop([]string{"median ms"}), "") },
		"chart: Bars: a logarithmic scale needs values above zero":            func() { Bars(frame(0, 1), "", Log()) },
		`chart: Speedup: the data frame has no column "speedup"`:              func() { Speedup(frame(1).Rename("workers", "case")) },
		"chart: Speedup: the data frame has no row with a speedup":            func() { Speedup(speedups(1).Subset([]int{})) },
		`chart: History: the data frame has no column "time"`:                 func() { History(frame(1)) },
		"chart: History: the data frame carries an error: ":                   func() { History(frame(1).Select([]string{"x"})) },
		`chart: Bars: the data frame has two columns "median ms"; give each its own name`: func() {
			Bars(frame(1).Rename("median ms", "low ms"), "")
		},
		"chart: Bars: the data frame has no rows": func() {
			Bars(dataframe.New(series.New([]string{}, series.String, "case")), "")
		},
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

func TestTicksAreRoundNumbers(t *testing.T) {
	labels := func(least, most float64) string {
		var all []string
		for _, tick := range (round{}).Ticks(least, most) {
			all = append(all, tick.Label)
		}
		return strings.Join(all, " ")
	}
	for want, r := range map[string][2]float64{
		"0 200 400 600 800 1,000 1,200": {0, 1300},
		"0 0.5 1 1.5 2":                 {0, 2.2},
		"-4 -2 0 2 4":                   {-4.1, 4.1},
		"0 10 20 30 40":                 {0, 41},
	} {
		if got := labels(r[0], r[1]); got != want {
			t.Errorf("%v: got %s, want %s", r, got, want)
		}
	}
}

func TestChartDoesNotLinkTheNotebooksLogger(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Skip("no go command to ask for the dependencies")
	}
	for dep := range strings.FieldsSeq(string(out)) {
		if dep == "net" || strings.Contains(dep, "klog") {
			t.Errorf("it links %s", dep)
		}
	}
}

func BenchmarkBars(b *testing.B) {
	df := frame(70.1, 36.2, 35.9, nan)
	for b.Loop() {
		if _, _, err := bars(df, "time per run, ms"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSpeedup(b *testing.B) {
	df := speedups(1, 2, 4, 8)
	for b.Loop() {
		if _, _, err := speedup(df, nil); err != nil {
			b.Fatal(err)
		}
	}
}
