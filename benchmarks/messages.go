package main

import (
	"context"
	"fmt"

	"multiprocessing/lib/message"
	"multiprocessing/lib/process"
)

const messages = 5000

var putAll = process.Register("put numbers", process.Unwrap(func(q *message.Queue[int], n int) int {
	for i := range n {
		if err := q.Put(i); err != nil {
			return i
		}
	}
	return n
}))

var answerAll = process.Register("answer", func(e *message.End[int, int]) int {
	n := 0
	for {
		v, err := e.Recv()
		if err != nil || e.Send(v+1) != nil {
			return n
		}
		n++
	}
})

// A Put here waits until the item is in the queue; Python's hands it to a
// thread that writes it some time later.
var queue = group{
	title: "one item of a queue, put in another process", unit: "µs", scale: 1000 * messages,
	start: func() ([]contender, func(), error) {
		q := message.NewQueue[int](64)
		p, err := process.NewPool(1)
		if err != nil {
			return nil, nil, err
		}
		get := func() error {
			putting := process.MapAsync(p, []process.Args[*message.Queue[int], int]{{A: q, B: messages}}, putAll)
			for i := range messages {
				if v, err := q.Get(); err != nil || v != i {
					return fmt.Errorf("item %d is %d, %v", i, v, err)
				}
			}
			_, err := putting.Get(context.Background())
			return err
		}
		stop := func() { p.Close(); q.Discard() }
		return withPython([]contender{{name: "message.Queue", run: get}}, stop, "queue")
	},
	most: 11,
}

var pipe = group{
	title: "a question to another process by a pipe, and its answer", unit: "µs", scale: 1000 * messages,
	start: func() ([]contender, func(), error) {
		p, err := process.NewPool(1)
		if err != nil {
			return nil, nil, err
		}
		here, there := message.NewPipe[int, int]()
		answering := process.MapAsync(p, []*message.End[int, int]{there}, answerAll)
		ask := func() error {
			for i := range messages {
				if err := here.Send(i); err != nil {
					return err
				}
				if v, err := here.Recv(); err != nil || v != i+1 {
					return fmt.Errorf("the answer to %d is %d, %v", i, v, err)
				}
			}
			return nil
		}
		stop := func() { here.Close(); answering.Wait(); p.Close() }
		return withPython([]contender{{name: "message.Pipe", run: ask}}, stop, "pipe")
	},
	most: 11,
}
