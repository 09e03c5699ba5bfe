package timing

import (
	"testing"
)

// BenchmarkOverhead measures what Compare adds to the time of a case that
// does nothing, in ns as Compare itself sees it.
func BenchmarkOverhead(b *testing.B) {
	for b.Loop() {
		c := Compare([]Case{{Name: "nothing", Run: func() (any, error) { return nil, nil }}}, Rounds(100))
		b.ReportMetric(c.DataFrame().Col("median ms").Elem(0).Float()*1e6, "ns-measured")
	}
}
