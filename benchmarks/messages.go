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

var getAll = process.Register("get numbers", process.Unwrap(func(q *message.Queue[int], n int) int {
	for i := range n {
		if v, err := q.Get(); err != nil || v != i {
			return i
		}
	}
	return n
}))

// queueTo is the other way round.
var queueTo = group{
	title: "one item of a queue, got in another process", unit: "µs", scale: 1000 * messages,
	start: func() ([]contender, func(), error) {
		q := message.NewQueue[int](64)
		p, err := process.NewPool(context.Background(), 1)
		if err != nil {
			return nil, nil, err
		}
		put := func() error {
			getting := process.MapAsync(context.Background(), p, []process.Args[*message.Queue[int], int]{{A: q, B: messages}}, getAll)
			for i := range messages {
				if err := q.Put(i); err != nil {
					return err
				}
			}
			got, err := getting.Get(context.Background())
			if err == nil && got[0] != messages {
				err = fmt.Errorf("%d items came", got[0])
			}
			return err
		}
		stop := func() { p.Close(); q.Discard() }
		return withPython([]contender{{name: "message.Queue", run: put}}, stop, "queue to")
	},
	most:  11,
	goals: []goal{{"times Python's, at most 1", "Python, queue to", 1}},
}

// A Put here has a place in the queue and has sent its item there when it
// returns; Python's hands it to a thread that sends it some time later.
var queue = group{
	title: "one item of a queue, put in another process", unit: "µs", scale: 1000 * messages,
	start: func() ([]contender, func(), error) {
		q := message.NewQueue[int](64)
		p, err := process.NewPool(context.Background(), 1)
		if err != nil {
			return nil, nil, err
		}
		get := func() error {
			putting := process.MapAsync(context.Background(), p, []process.Args[*message.Queue[int], int]{{A: q, B: messages}}, putAll)
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
	most:  11,
	goals: []goal{{"times Python's, at most 1", "Python, queue", 1}},
}

var pipe = group{
	title: "a question to another process by a pipe, and its answer", unit: "µs", scale: 1000 * messages,
	start: func() ([]contender, func(), error) {
		p, err := process.NewPool(context.Background(), 1)
		if err != nil {
			return nil, nil, err
		}
		here, there := message.NewPipe[int, int]()
		answering := process.MapAsync(context.Background(), p, []*message.End[int, int]{there}, answerAll)
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
		stop := func() { here.Close(); <-answering.Done(); p.Close() }
		return withPython([]contender{{name: "message.Pipe", run: ask}}, stop, "pipe")
	},
	most:  11,
	goals: []goal{{"µs, at most 40", "", 40}},
}
