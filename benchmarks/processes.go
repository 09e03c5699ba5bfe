package main

import (
	"context"
	"time"

	"multiprocessing/lib/process"
)

type labeled struct {
	N     int
	Label string
}

var (
	increment        = process.Register("increment", func(n int) int { return n + 1 })
	incrementLabeled = process.Register("increment labeled", func(l labeled) labeled { return labeled{l.N + 1, l.Label} })
)

const (
	taskCount  = 100_000
	roundTrips = 1000
)

var poolStart = group{
	title: "a process pool of 2 workers, ready", unit: "ms", scale: 1e6,
	start: func() ([]contender, func(), error) {
		begin := func() (time.Duration, error) {
			begin := time.Now()
			p, err := process.NewPool(context.Background(), 2)
			took := time.Since(begin)
			if err == nil {
				err = p.Close()
			}
			return took, err
		}
		cases := []contender{{name: "process.NewPool", timed: begin}}
		return withPython(cases, func() {}, "fork start", "spawn start")
	},
	most:  11,
	goals: []goal{{"ms, at most 5", "", 5}},
}

var processMap = group{
	title: "100,000 tiny tasks in 2 processes", unit: "ns/task", scale: taskCount,
	start: func() ([]contender, func(), error) {
		p, err := process.NewPool(context.Background(), 2)
		if err != nil {
			return nil, nil, err
		}
		numbers, labels := make([]int, taskCount), make([]labeled, taskCount)
		cases := []contender{
			{name: "process.Map", run: func() error { _, err := process.Map(context.Background(), p, numbers, increment); return err }},
			{name: "process.Map, structs with a string", run: func() error { _, err := process.Map(context.Background(), p, labels, incrementLabeled); return err }},
		}
		return withPython(cases, func() { p.Close() }, "map")
	},
	most:  11,
	goals: []goal{{"ns a task, at most 30", "", 30}},
}

var roundTrip = group{
	title: "one task in another process, and back", unit: "µs", scale: 1000 * roundTrips,
	start: func() ([]contender, func(), error) {
		p, err := process.NewPool(context.Background(), 2)
		if err != nil {
			return nil, nil, err
		}
		apply := func() error {
			for n := range roundTrips {
				if _, err := process.Apply(context.Background(), p, n, increment); err != nil {
					return err
				}
			}
			return nil
		}
		return withPython([]contender{{name: "process.Apply", run: apply}}, func() { p.Close() }, "apply")
	},
	most:  11,
	goals: []goal{{"µs, at most 20", "", 20}},
}
