// Command generic uses what is generic in lib, for one type each. A test looks
// at what the compiler makes of it.
package main

import (
	"context"
	"fmt"

	"multiprocessing/lib/cluster"
	"multiprocessing/lib/goroutine"
	"multiprocessing/lib/message"
	"multiprocessing/lib/pool"
	"multiprocessing/lib/process"
	"multiprocessing/lib/serial"
	"multiprocessing/lib/sharedmem"
)

type talk struct {
	Results *message.Queue[int]
	End     *message.End[string, int]
	Counter *sharedmem.Value[int]
	Parts   *sharedmem.Array[float64]
}

func double(n int) int { return 2 * n }

var (
	doubleTask = process.Register("double", double)
	talkTask   = process.Register("talk", func(t talk) string {
		n, err := t.End.Recv()
		fmt.Println(t.Results.Put(n), t.End.Send("done"), t.Counter.Add(n), err)
		t.Parts.Store(0, 1)
		return "done"
	})
)

func main() {
	ctx, items := context.Background(), []int{1, 2, 3}
	fmt.Println(serial.Map(items, double), goroutine.Map(items, double))

	p := pool.New(2)
	defer p.Close()
	fmt.Println(pool.Map(p, items, double), pool.Apply(p, 1, double))

	workers, err := process.NewPool(ctx, 2)
	fmt.Println(err)
	defer workers.Close()
	fmt.Println(process.Map(ctx, workers, items, doubleTask))
	fmt.Println(process.MapAsync(ctx, workers, items, doubleTask).Get(ctx))

	q := message.NewQueue[int](3)
	_, there := message.NewPipe[int, string]()
	counter, err := sharedmem.NewValue(0)
	fmt.Println(err)
	parts, err := sharedmem.NewArray[float64](2)
	fmt.Println(err)
	one := process.New(talkTask, talk{q, there, counter, parts})
	fmt.Println(one.Start(ctx))
	fmt.Println(one.Join(ctx))

	c, err := cluster.Open(ctx, cluster.Config{Workers: 2})
	fmt.Println(err)
	defer c.Close()
	fmt.Println(cluster.Map(ctx, c, items, doubleTask))
}
