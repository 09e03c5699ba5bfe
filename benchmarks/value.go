package main

import (
	"fmt"

	"multiprocessing/lib/process"
	"multiprocessing/lib/sharedmem"
)

const increments = 1_000_000

var addTo = process.Register("add to a value", process.Unwrap(func(v *sharedmem.Value[int64], times int) int {
	for range times {
		v.Add(1)
	}
	return times
}))

var value = group{
	title: "1,000,000 increments of one Value by 2 processes", unit: "ns", scale: increments,
	start: func() ([]contender, func(), error) {
		v, err := sharedmem.NewValue(int64(0))
		if err != nil {
			return nil, nil, err
		}
		p, err := process.NewPool(2)
		if err != nil {
			return nil, nil, err
		}
		half := process.Args[*sharedmem.Value[int64], int]{A: v, B: increments / 2}
		add := func() error {
			v.Store(0)
			_, err := process.Map(p, []process.Args[*sharedmem.Value[int64], int]{half, half}, addTo, process.Chunk(1))
			if err == nil && v.Load() != increments {
				err = fmt.Errorf("counted to %d", v.Load())
			}
			return err
		}
		stop := func() { p.Close(); v.Close() }
		return withPython([]contender{{name: "sharedmem.Value, Add", run: add}}, stop, "value")
	},
	most:  11,
	goals: []goal{{"ns, at most 10", "", 10}},
}
