package cluster

import (
	"testing"
)

func TestGoroutinesAndProcessesGiveTheAnswersOfSerial(t *testing.T) {
	for name, config := range map[string]Config{
		"goroutines":                {},
		"one goroutine":             {Workers: 1},
		"processes":                 {Processes: 2},
		"processes with goroutines": {Processes: 2, Workers: 2},
	} {
		t.Run(name, func(t *testing.T) {
			c := mustOpen(t, config)
			for _, n := range []int{0, 1, 2, 100, 10_000} {
				wantDoubles(t, mustMap(t, c, upTo(n), double), n)
			}
			wantDoubles(t, mustMap(t, c, upTo(500), double, Chunk(1)), 500)
		})
	}
}
