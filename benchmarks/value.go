package main

import (
	"context"
	"fmt"
	"sync/atomic"

	"multiprocessing/lib/process"
	"multiprocessing/lib/sharedmem"
)

const (
	increments = 1_000_000
	bareAdd    = "atomic.AddInt64 on shared memory"
)

var addTo = process.Register("add to a value", process.Unwrap(func(v *sharedmem.Value[int64], times int) int {
	for range times {
		v.Add(1)
	}
	return times
}))

// addBare is what the processor takes for the same, without the library.
var addBare = process.Register("add to memory", process.Unwrap(func(a *sharedmem.Array[int64], times int) int {
	a.View(0, 1, func(part []int64) {
		for range times {
			atomic.AddInt64(&part[0], 1)
		}
	})
	return times
}))

var value = group{
	title: "1,000,000 increments of one Value by 2 processes", unit: "ns", scale: increments,
	start: func() ([]contender, func(), error) {
		v, err := sharedmem.NewValue(int64(0))
		if err != nil {
			return nil, nil, err
		}
		p, err := process.NewPool(context.Background(), 2)
		if err != nil {
			return nil, nil, err
		}
		half := process.Args[*sharedmem.Value[int64], int]{A: v, B: increments / 2}
		add := func() error {
			v.Store(0)
			_, err := process.Map(context.Background(), p, []process.Args[*sharedmem.Value[int64], int]{half, half}, addTo, process.Chunk(1))
			if err == nil && v.Load() != increments {
				err = fmt.Errorf("counted to %d", v.Load())
			}
			return err
		}
		a, err := sharedmem.NewArray[int64](1)
		if err != nil {
			return nil, nil, err
		}
		halfBare := process.Args[*sharedmem.Array[int64], int]{A: a, B: increments / 2}
		bare := func() error {
			_, err := process.Map(context.Background(), p, []process.Args[*sharedmem.Array[int64], int]{halfBare, halfBare}, addBare, process.Chunk(1))
			return err
		}
		stop := func() { p.Close(); v.Close(); a.Close() }
		return withPython([]contender{{name: "sharedmem.Value, Add", run: add}, {name: bareAdd, run: bare}}, stop, "value")
	},
	most:  11,
	goals: []goal{{"ns, at most 10", "", 10}, {"times the bare addition, at most 1.25", bareAdd, 1.25}},
}
