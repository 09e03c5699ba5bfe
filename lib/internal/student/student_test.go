package student

import (
	"fmt"
	"math"
	"testing"
)

// The table is that of textbooks.
func TestTheQuantilesAreThoseOfTheTables(t *testing.T) {
	for _, c := range []struct {
		probability float64
		freedom     int
		want        string
	}{
		{0.95, 1, "12.706"}, {0.95, 2, "4.303"}, {0.95, 3, "3.182"}, {0.95, 4, "2.776"}, {0.95, 5, "2.571"},
		{0.95, 10, "2.228"}, {0.95, 19, "2.093"}, {0.95, 120, "1.980"}, {0.95, 100_000, "1.960"},
		{0.90, 1, "6.314"}, {0.90, 7, "1.895"}, {0.99, 3, "5.841"}, {0.99, 8, "3.355"}, {0.999, 4, "8.610"}, {0.5, 2, "0.816"},
	} {
		if got := fmt.Sprintf("%.3f", Within(c.probability, c.freedom)); got != c.want {
			t.Errorf("%v with %d degrees of freedom: %s, want %s", c.probability, c.freedom, got, c.want)
		}
	}
}

func TestMisusePanics(t *testing.T) {
	for _, f := range []func(){func() { Within(1, 5) }, func() { Within(math.NaN(), 5) }, func() { Within(0.95, 0) }} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f()
		}()
	}
}
