package cluster

import (
	"strings"
	"testing"
	"time"

	"multiprocessing/lib/explain"
	"multiprocessing/lib/process"
	"multiprocessing/lib/timing"
)

// triangle adds numbers up, long enough to be seen.
func triangle(n int) (sum int) {
	for i := range n {
		sum += i % 7
	}
	return sum
}

var triangles = process.Register("triangles", triangle)

// TestSpansOfAClusterExplainItsEfficiency gives explain.Traces what Trace stores: without it the work of processes cannot be
// seen.
func TestSpansOfAClusterExplainItsEfficiency(t *testing.T) {
	t.Setenv("MULTIPROCESSING_HISTORY", t.TempDir())
	c := mustOpen(t, Config{Processes: 2})
	items := make([]int, 40)
	for i := range items {
		items[i] = 1_000_000
	}
	var spans []Span
	serial := func() (any, error) {
		sum := 0
		for _, n := range items {
			sum += triangle(n)
		}
		return sum, nil
	}
	mapped := func() (any, error) {
		parts, err := Map(t.Context(), c, items, triangles, ChunkSize(1), Trace(&spans))
		sum := 0
		for _, n := range parts {
			sum += n
		}
		return sum, err
	}
	table := timing.Compare([]timing.Case{
		{Name: "serial", Run: serial},
		{Name: "cluster", Workers: 2, Spans: &spans, Run: mapped},
	}, timing.Budget(time.Second), explain.Traces()).DataFrame()
	lost := table.Col("lost to").Elem(1).String()
	balance := table.Col("load balance").Float()[1]
	onlyBusy := strings.Contains(lost, "cores") || strings.Contains(lost, "disturbed") // no figures of a busy machine
	if !(balance > 0 && balance <= 1) && !onlyBusy {
		t.Errorf("load balance %g, lost to %q; want factors from the spans", balance, lost)
	}
}
