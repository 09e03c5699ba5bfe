package timing

import (
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	freeCores = func(n int) float64 { return float64(n) } // whatever else runs here
	goleak.VerifyTestMain(m)
}

// fixed is a case that reports the same time in each round.
func fixed(name string, d time.Duration, result any) Case {
	return Case{Name: name, Measure: func() (Measurement, error) {
		return Measurement{Result: result, Elapsed: d}, nil
	}}
}

// table is the DataFrame as text, by case and column.
func table(t *testing.T, c *Comparison) map[string]map[string]string {
	t.Helper()
	df := c.DataFrame()
	if df.Err != nil {
		t.Fatal(df.Err)
	}
	rows := map[string]map[string]string{}
	records := df.Records()
	for _, r := range records[1:] {
		rows[r[0]] = map[string]string{}
		for i, name := range records[0] {
			rows[r[0]][name] = r[i]
		}
	}
	return rows
}

func verdictOf(t *testing.T, c *Comparison, name string) string {
	t.Helper()
	return table(t, c)[name]["verdict"]
}
