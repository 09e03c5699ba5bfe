package timing

import (
	"math"
	"testing"
	"time"
)

// With n values the median lies between the first and the last unless all are
// on one side of it, which has a probability of 2/2^n.
func TestTheIntervalOfATimeIsBetweenOrderStatistics(t *testing.T) {
	for n, want := range map[int]int{1: -1, 5: -1, 6: 0, 8: 0, 9: 1, 11: 1, 12: 2, 20: 5, 30: 9, 200: 85} {
		if got := outside(n); got != want {
			t.Errorf("of %d values %d are left out at each end, want %d", n, got, want)
		}
	}
	values := []float64{9, 1, 8, 2, 7, 3, 6, 4, 5}
	if got, want := summarize(values), (estimate{5, 2, 8}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if values[0] != 9 {
		t.Error("the samples were sorted in place: they have lost the order of the rounds")
	}
}

func TestOutliersAreKeptAndCounted(t *testing.T) {
	for want, values := range map[float64][]float64{
		0: {1, 2, 3, 4, 5, 6},
		1: {1, 2, 3, 4, 5, 60}, // quartiles 2.25 and 4.75, fences -1.5 and 8.5
		2: {-50, 1, 2, 3, 4, 5, 60},
	} {
		if got := outliers(values); got != want {
			t.Errorf("%v: %v, want %v", values, got, want)
		}
	}
	if got := outliers([]float64{1, 1, 1, 1, 9}); !math.IsNaN(got) {
		t.Errorf("of 5: %v", got)
	}
	n := 0
	c := Compare([]Case{{Name: "a", Measure: func() (Measurement, error) {
		n++
		d := time.Duration(100+n) * time.Millisecond
		if n == 5 {
			d = time.Minute
		}
		return Measurement{Elapsed: d}, nil
	}}}, Rounds(10))
	if row := table(t, c)["a"]; row["outliers"] != "1.000000" || row["rounds"] != "10" {
		t.Errorf("got %v", row)
	}
}
