package chart

import (
	"fmt"
	"strings"
	"testing"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"
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
	lines := historyLines(df.RBind(df))
	if len(lines) != 2 || len(lines[0].points) != 2 || lines[0].points[1].x != 2 {
		t.Errorf("got %v", lines)
	}
}

func TestAHistoryShowsASpeedupOnlyWhereCasesAreCompared(t *testing.T) {
	alone := runs(2).Mutate(series.New([]float64{1, 1, 1, 1}, series.Float, "speedup"))
	compared := runs(2).Mutate(series.New([]float64{1, 1.9, 1, 1.8}, series.Float, "speedup"))
	for want, df := range map[string]dataframe.DataFrame{
		"time|start|case|median ms":         alone,
		"time|start|case|median ms|speedup": compared,
	} {
		if got := strings.Join(historyColumns(df), "|"); got != want {
			t.Errorf("columns %s, want %s", got, want)
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
	for _, line := range historyLines(df) {
		runs[line.label] = line.points[0].x
	}
	if runs["serial, size 1000"] != 1 || runs["serial, size 2000"] != 2 || runs["pool, size 2000"] != 2 {
		t.Errorf("runs %v, want that of size 1000 first and both cases of size 2000 in the second", runs)
	}
}

func TestParametersDifferHoweverLittle(t *testing.T) {
	df := runs(2).Mutate(series.New([]float64{1e-9, 1e-9, 2e-9, 2e-9}, series.Float, "seed"))
	if got, want := strings.Join(historyColumns(df), "|"), "time|seed|start|case|median ms"; got != want {
		t.Errorf("columns %s, want %s", got, want)
	}
}

func TestTheHistoryTableHasTheLastRunFirstAndWhatDiffers(t *testing.T) {
	df := runs(3)
	if got, want := strings.Join(historyColumns(df), "|"), "time|start|case|median ms"; got != want {
		t.Errorf("columns %s, want %s", got, want)
	}
	var got []string
	last := lastFirst(df)
	for i := range last.Nrow() {
		got = append(got, last.Col("start").Elem(i).String()+" "+last.Col("case").Elem(i).String())
	}
	want := "20002 serial, 20002 <pool>, 20001 serial, 20001 <pool>, 20000 serial, 20000 <pool>"
	if strings.Join(got, ", ") != want {
		t.Errorf("rows %q, want %s", got, want)
	}
}
