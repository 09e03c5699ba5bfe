//go:build unix

package sharedmem_test

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"multiprocessing/lib/process"
	"multiprocessing/lib/sharedmem"
)

func ExampleAtomic() {
	var sum sharedmem.Atomic[float64]
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 1000 {
				sum.Add(0.5)
			}
		})
	}
	wg.Wait()
	fmt.Println(sum.Load())
	// Output: 2000
}

func ExampleLocked_Update() {
	var largest sharedmem.Locked[int]
	var wg sync.WaitGroup
	for _, n := range []int{3, 9, 4} {
		wg.Go(func() { largest.Update(func(v int) int { return max(v, n) }) })
	}
	wg.Wait()
	fmt.Println(largest.Load())
	// Output: 9
}

func ExampleSharded() {
	const workers = 4
	sum := sharedmem.NewSharded[int](workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			cell := sum.Cell(w)
			for range 1000 {
				cell.Add(1)
			}
		})
	}
	wg.Wait()
	fmt.Println(sum.Load())
	// Output: 4000
}

// part is what each process gets: the memory of all, and what is its own.
type part struct {
	Squares  *sharedmem.Array[int]
	Done     *sharedmem.Value[int]
	From, To int
}

var square = process.Register("square", func(p part) bool {
	p.Squares.View(p.From, p.To, func(own []int) {
		for i := range own {
			own[i] = (p.From + i) * (p.From + i)
		}
	})
	p.Done.Add(p.To - p.From)
	return true
})

func ExampleArray() {
	workers, err := process.NewPool(context.Background(), 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer workers.Close()
	squares, err := sharedmem.NewArray[int](10)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer squares.Close()
	done, err := sharedmem.NewValue(0)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer done.Close()
	_, err = process.Map(context.Background(), workers, []part{{squares, done, 0, 5}, {squares, done, 5, 10}}, square)
	squares.View(0, squares.Len(), func(all []int) { fmt.Println(all, done.Load(), err) })
	// Output: [0 1 4 9 16 25 36 49 64 81] 10 <nil>
}

func ExampleValue_Lock() {
	balance, err := sharedmem.NewValue(100)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer balance.Close()
	err = balance.Lock()
	if errors.Is(err, sharedmem.ErrOwnerDied) {
		fmt.Println("look whether the balance is right")
	} else if err != nil {
		fmt.Println(err)
		return
	}
	if n := balance.Load(); n >= 30 { // no other takes from it in between
		balance.Store(n - 30)
	}
	balance.Unlock()
	fmt.Println(balance.Load())
	// Output: 70
}
