//go:build unix

package message_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"multiprocessing/lib/message"
	"multiprocessing/lib/primes"
	"multiprocessing/lib/process"
)

func ExampleQueue() {
	numbers, squares := message.NewQueue[int](2), message.NewQueue[int](2)
	go func() {
		defer squares.Close()
		for n := range numbers.All() {
			squares.Put(n * n)
		}
	}()
	go func() {
		defer numbers.Close()
		for n := range 5 {
			numbers.Put(n)
		}
	}()
	for n := range squares.All() {
		fmt.Println(n)
	}
	// Output:
	// 0
	// 1
	// 4
	// 9
	// 16
}

// job is what each process gets: two queues, the same for all.
type job struct {
	Numbers *message.Queue[int]
	Primes  *message.Queue[int]
}

var findPrimes = process.Register("find primes", func(j job) int {
	found := 0
	for n := range j.Numbers.All() {
		if primes.IsPrime(n) {
			j.Primes.Put(n)
			found++
		}
	}
	return found
})

func ExampleQueue_processes() {
	p, err := process.NewPool(context.Background(), 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	j := job{message.NewQueue[int](10), message.NewQueue[int](10)}
	defer j.Numbers.Discard()
	defer j.Primes.Discard()
	go func() {
		defer j.Numbers.Close()
		for n := range 30 {
			j.Numbers.Put(n)
		}
	}()
	go func() {
		defer j.Primes.Close()
		if _, err := process.Map(context.Background(), p, []job{j, j}, findPrimes); err != nil {
			fmt.Println(err)
		}
	}()
	sum := 0
	for prime := range j.Primes.All() {
		sum += prime
	}
	fmt.Println("the sum of the primes below 30 is", sum)
	// Output: the sum of the primes below 30 is 129
}

func ExampleQueue_GetContext() {
	q := message.NewQueue[string](1)
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	_, err := q.GetContext(ctx)
	fmt.Println(err)
	fmt.Println(errors.Is(err, context.DeadlineExceeded))
	// Output:
	// message: GetContext: context deadline exceeded
	// true
}

var double = process.Register("double", func(e *message.End[int, int]) int {
	defer e.Close()
	n := 0
	for {
		v, err := e.Recv()
		if err != nil {
			return n // the other end is closed
		}
		e.Send(2 * v)
		n++
	}
})

func ExampleNewPipe() {
	p, err := process.NewPool(context.Background(), 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	here, there := message.NewPipe[int, int]()
	defer there.Close()
	go func() {
		defer here.Close()
		for i := range 3 {
			here.Send(i)
			answer, err := here.Recv()
			fmt.Println(answer, err)
		}
	}()
	answered, err := process.Map(context.Background(), p, []*message.End[int, int]{there}, double)
	fmt.Println(answered, err)
	// Output:
	// 0 <nil>
	// 2 <nil>
	// 4 <nil>
	// [3] <nil>
}
