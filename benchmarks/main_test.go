package main

import (
	"strings"
	"testing"
)

func TestEveryContenderGivesTheRightResultsAndHasARow(t *testing.T) {
	var out strings.Builder
	if err := run(&out, 1, ""); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"pool.Map", "conc iter.Map", "conc pool", "errgroup", "pond", "ants", "process.NewPool", "process.Map", "process.Apply", "at most 1.5: "} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, out.String())
		}
	}
}

func TestTheMedianOfAnEvenNumberIsBetweenTheMiddleTwo(t *testing.T) {
	for want, s := range map[float64][]float64{1: {1}, 2.5: {4, 1, 2, 3}, 3: {9, 3, 1}} {
		if got := median(s); got != want {
			t.Errorf("got %v of %v", got, s)
		}
	}
}

func TestNoRoundsAreRefused(t *testing.T) {
	if err := run(new(strings.Builder), 0, ""); err == nil {
		t.Error("no error")
	}
}
