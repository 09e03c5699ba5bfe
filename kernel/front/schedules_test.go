package main

import (
	"fmt"
	"strings"
	"testing"
)

// tenStepsEach has two goroutines of ten steps, and more schedules than the explorer runs. The comment makes it a cell
// that was not built before.
const tenStepsEach = "%%schedules\n// %s\ncount := 0\nvar wg sync.WaitGroup\nfor range 2 {\n\twg.Go(func() {\n\t\tfor range 5 {\n\t\t\tcount++\n\t\t}\n\t})\n}\nwg.Wait()\ncheck(count == 10)"

// BenchmarkEverySchedule measures a cell with %schedules from the request to its end, with the build: the first one of a
// kernel, which also reads the types of packages, and later ones.
func BenchmarkEverySchedule(b *testing.B) {
	if testing.Short() {
		b.Skip("needs the set-up")
	}
	run := func(b *testing.B, c *client, name string) {
		if r := c.execute(fmt.Sprintf(tenStepsEach, name)); r.status() != "ok" {
			b.Fatal(r.said())
		}
	}
	n := 0
	b.Run("first of a kernel", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			c := benchmarkKernel(b, true)
			c.execute("%cd")
			n++
			b.StartTimer()
			run(b, c, strings.Repeat("a", n))
		}
	})
	b.Run("later", func(b *testing.B) {
		c := benchmarkKernel(b, true)
		run(b, c, "first")
		for b.Loop() {
			n++
			run(b, c, strings.Repeat("b", n))
		}
	})
}
