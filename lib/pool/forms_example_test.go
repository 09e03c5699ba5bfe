package pool_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"

	"multiprocessing/lib/pool"
	"multiprocessing/lib/primes"
)

func ExampleMapAsync() {
	p := pool.New(2)
	defer p.Close()
	result := pool.MapAsync(p, []int{1, 2, 3}, primes.Nth)
	fmt.Println("meanwhile")
	fmt.Println(result.Get(context.Background()))
	// Output:
	// meanwhile
	// [2 3 5] <nil>
}

func ExampleApply() {
	p := pool.New(2)
	defer p.Close()
	fmt.Println(pool.Apply(p, 20000, primes.Nth))
	// Output: 224737
}

func ExampleStarmap() {
	p := pool.New(2)
	defer p.Close()
	fmt.Println(pool.Starmap(p, []pool.Args[float64, float64]{{A: 2, B: 10}, {A: 3, B: 4}}, math.Pow))
	// Output: [1024 81]
}

func ExampleMapErr() {
	p := pool.New(2)
	defer p.Close()
	ctx := context.Background()
	atoi := func(_ context.Context, s string) (int, error) { return strconv.Atoi(s) }
	fmt.Println(pool.MapErr(ctx, p, []string{"1", "2", "3"}, atoi))
	fmt.Println(pool.MapErr(ctx, p, []string{"1", "two", "3"}, atoi))
	// Output:
	// [1 2 3] <nil>
	// [] pool: MapErr: item 1: strconv.Atoi: parsing "two": invalid syntax
}

func ExampleImap() {
	p := pool.New(2)
	defer p.Close()
	everyNumber := func(yield func(int) bool) {
		for n := 1; yield(n); n++ {
		}
	}
	for prime := range pool.Imap(p, everyNumber, primes.Nth) {
		if prime > 10 {
			break
		}
		fmt.Println(prime)
	}
	// Output:
	// 2
	// 3
	// 5
	// 7
}

func ExampleImapUnordered() {
	p := pool.New(2)
	defer p.Close()
	squares := make([]int, 4)
	for i, square := range pool.ImapUnordered(p, slices.Values([]int{1, 2, 3, 4}), func(n int) int { return n * n }) {
		squares[i] = square // in any order
	}
	fmt.Println(squares)
	// Output: [1 4 9 16]
}

func ExampleTrace() {
	p := pool.New(2)
	defer p.Close()
	var spans []pool.Span
	pool.Map(p, []int{1, 2, 3, 4}, primes.Nth, pool.Chunk(2), pool.Trace(&spans))
	for _, s := range spans {
		fmt.Println("items", s.First, "to", s.First+s.Items-1) // by s.Worker, from s.Start to s.End
	}
	// Unordered output:
	// items 0 to 1
	// items 2 to 3
}

var background = context.Background()
