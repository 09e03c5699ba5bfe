// Command racy adds to a number in two goroutines, with or without a race.
// Build it with -race to see the report.
package main

import (
	"fmt"
	"os"
	"sync"

	"multiprocessing/lib/sharedmem"
)

func main() {
	var racy sharedmem.Racy[int]
	var lossy sharedmem.Lossy[int]
	var locked sharedmem.Locked[int]
	var atomic sharedmem.Atomic[int]
	sharded := sharedmem.NewSharded[int](2)

	add := map[string]func(worker int){
		"racy":    func(int) { racy.Add(1) },
		"lossy":   func(int) { lossy.Add(1) },
		"locked":  func(int) { locked.Add(1) },
		"atomic":  func(int) { atomic.Add(1) },
		"sharded": func(w int) { sharded.Cell(w).Add(1) },
	}[os.Args[1]]

	var wg sync.WaitGroup
	for w := range 2 {
		wg.Go(func() {
			for range 1000 {
				add(w)
			}
		})
	}
	wg.Wait()
	fmt.Println(racy.Load() + lossy.Load() + locked.Load() + atomic.Load() + sharded.Load())
}
