package chart

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"

	"multiprocessing/lib/display"
)

// runs is a history of n runs of two cases, each with one of four values of
// the parameter "start", and a parameter that is always the same.
func runs(n int) dataframe.DataFrame {
	var times, cases []string
	var start, seed []int
	var ms, low, high []float64
	for i := range n {
		for k, name := range []string{"serial", "<pool>"} {
			times, cases = append(times, fmt.Sprintf("2026-01-02 03:04:%02d", i)), append(cases, name)
			start, seed = append(start, 20000+i%4), append(seed, 7)
			v := 70.0/float64(k+1) + float64(i)
			ms, low, high = append(ms, v), append(low, v-2), append(high, v+3)
		}
	}
	return dataframe.New(
		series.New(times, series.String, "time"),
		series.New(seed, series.Int, "seed"),
		series.New(start, series.Int, "start"),
		series.New(cases, series.String, "case"),
		series.New(ms, series.Float, "median ms"),
		series.New(low, series.Float, "low ms"),
		series.New(high, series.Float, "high ms"),
	)
}

func TestTwoRunsInOneSecondAreTwo(t *testing.T) {
	df := runs(1)
	lines := historyLines(df.RBind(df), "ms")
	if len(lines) != 2 || len(lines[0].points) != 2 || lines[0].points[1].x != 2 {
		t.Errorf("got %v", lines)
	}
}

func TestAHistoryShowsASpeedupOnlyWhereCasesAreCompared(t *testing.T) {
	alone := runs(2).Mutate(series.New([]float64{1, 1, 1, 1}, series.Float, "speedup"))
	compared := runs(2).Mutate(series.New([]float64{1, 1.9, 1, 1.8}, series.Float, "speedup"))
	wantColumns(t, alone, "case|start|runs|median ms|last run")
	wantColumns(t, compared, "case|start|runs|median ms|speedup|last run")
}

func wantColumns(t *testing.T, df dataframe.DataFrame, want string) {
	t.Helper()
	table := historyTable(df)
	if got := strings.Join(table.Names(), "|"); table.Err != nil || got != want {
		t.Errorf("columns %s, want %s; error %v", got, want, table.Err)
	}
}

func TestAHistoryHasTheUnitOfItsLongestTime(t *testing.T) {
	for size, want := range map[float64]string{1: "ms 71.0", 1e-2: "µs 710", 1e-5: "ns 710"} {
		df := runs(1)
		for _, name := range []string{"median ms", "low ms", "high ms"} {
			values := df.Col(name).Float()
			for i := range values {
				values[i] = (values[i] + 1) * size
			}
			df = df.Mutate(series.New(values, series.Float, name))
		}
		svg, _, err := history(df)
		table := historyTable(df)
		unit, longest, _ := strings.Cut(want, " ")
		if err != nil || table.Err != nil || !strings.Contains(svg, "time per run, "+unit) {
			t.Fatalf("times of %g ms: %v, %v; no axis in %s", 71*size, err, table.Err, unit)
		}
		if got := display.Number(table.Col("median " + unit).Elem(0).Float()); got != longest {
			t.Errorf("times of %g ms: the table has %s %s, want %s", 71*size, got, unit, longest)
		}
	}
}

func TestAHistoryOfTimesFarApartHasALogarithmicScale(t *testing.T) {
	svg, _, err := history(runs(3))
	if err != nil || strings.Contains(svg, "logarithmic") {
		t.Errorf("times from 35 to 70 ms: %v, a logarithmic scale: %t", err, strings.Contains(svg, "logarithmic"))
	}
	far := runs(3)
	for _, name := range []string{"median ms", "low ms", "high ms"} {
		values := far.Col(name).Float()
		for i := range values {
			if i%2 == 1 {
				values[i] /= 1000
			}
		}
		far = far.Mutate(series.New(values, series.Float, name))
	}
	if svg, _, err = history(far); err != nil || !strings.Contains(svg, "logarithmic") {
		t.Errorf("times of which some are a thousandth of the others: %v, no logarithmic scale", err)
	}
}

func TestAnEmptyHistoryIsSaid(t *testing.T) {
	t.Setenv("GONB_PIPE", "")
	History(runs(1).Subset([]int{})) // would panic
}

func TestRunsOfTheSameSecondWithOtherParametersAreApart(t *testing.T) {
	df := dataframe.New(
		series.New([]string{"2026-01-01 10:00:00", "2026-01-01 10:00:00", "2026-01-01 10:00:00"}, series.String, "time"),
		series.New([]int{1000, 2000, 2000}, series.Int, "size"),
		series.New([]string{"serial", "serial", "pool"}, series.String, "case"),
		series.New([]float64{50, 100, 50}, series.Float, "median ms"),
		series.New([]float64{50, 100, 50}, series.Float, "low ms"),
		series.New([]float64{50, 100, 50}, series.Float, "high ms"),
	)
	runs := map[string]float64{}
	for _, line := range historyLines(df, "ms") {
		runs[line.label] = line.points[0].x
	}
	if runs["serial, size 1000"] != 1 || runs["serial, size 2000"] != 2 || runs["pool, size 2000"] != 2 {
		t.Errorf("runs %v, want that of size 1000 first and both cases of size 2000 in the second", runs)
	}
}

func TestParametersDifferHoweverLittle(t *testing.T) {
	df := runs(2).Mutate(series.New([]float64{1e-9, 1e-9, 2e-9, 2e-9}, series.Float, "seed"))
	wantColumns(t, df, "case|seed|start|runs|median ms|last run")
}

func TestTheHistoryTableHasTheRunsOfACaseWithOtherParametersSideBySide(t *testing.T) {
	table := historyTable(runs(6))
	if table.Err != nil {
		t.Fatal(table.Err)
	}
	var got []string
	for i := range table.Nrow() {
		got = append(got, fmt.Sprint(table.Col("case").Elem(i), " ", table.Col("start").Elem(i), " ", table.Col("runs").Elem(i), " ", table.Col("median ms").Float()[i]))
	}
	// Runs 1 to 6 have the starts 20000 to 20003, and again 20000 and 20001. The last one counts.
	want := []string{
		"serial 20000 2 74", "serial 20001 2 75", "serial 20002 1 72", "serial 20003 1 73",
		"<pool> 20000 2 39", "<pool> 20001 2 40", "<pool> 20002 1 37", "<pool> 20003 1 38",
	}
	if !slices.Equal(got, want) {
		t.Errorf("rows\n%q, want\n%q", got, want)
	}
}
