package main

import (
	"runtime/debug"
	"sync"
	"sync/atomic"

	"multiprocessing/lib/timing"
)

// program is a parallel program with a known loss.
type program struct {
	name   string
	wanted string             // what the largest loss must be named; empty for none of 3% and more
	serial func(size int) int // the work, by one goroutine
	lossy  func(size int) int // by two workers, with the loss
	fixed  func(size int) int // without it; nil if it cannot be removed
}

// workers is how many each program has.
const workers = 2

// programs are the seeded programs, in the order of the issue of their losses.
var programs = []program{
	{"uneven chunks", "one worker has more to do", spins, chunks(3), chunks(1)},
	{"hot mutex", "waits for the mutex at programs.go:", allHalves, hotMutex, sharded},
	{"full channel", "waits to send to the channel at programs.go:", stages, pipeline, nil},
	{"serial part", "a serial part of 0.25", spins, serialPart(4), chunks(1)},
	{"allocation", "garbage collection", trees, bothTrees, withoutCollections},
	{"false sharing", "the core time", counts, counters(1), counters(16)},
	{"memory-bound", "the core time", copies, bothCopies, nil},
	{"evenly good", "", spins, chunks(1), nil},
}

// cases are those of a program, for timing.Compare.
func (p program) cases(size int) []timing.Case {
	run := func(work func(int) int) func() (any, error) {
		return func() (any, error) { return work(size), nil }
	}
	cases := []timing.Case{{Name: "serial", Run: run(p.serial)}, {Name: p.name, Workers: workers, Run: run(p.lossy)}}
	if p.fixed != nil {
		cases = append(cases, timing.Case{Name: "fixed", Workers: workers, Run: run(p.fixed)})
	}
	return cases
}

// spin computes for about a microsecond for each unit.
func spin(units int) int {
	x := uint32(units + 1)
	for range 400 * units {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
	}
	return int(x & 1)
}

// item is a task of 100 units.
func item(int) int { return spin(100) }

// each adds up work on the items from and to.
func each(from, to int, work func(int) int) int {
	sum := 0
	for i := from; i < to; i++ {
		sum += work(i)
	}
	return sum
}

func spins(size int) int { return each(0, size, item) }

// both runs two workers and adds up their results.
func both(a, b func() int) int {
	var sums [workers]int
	var wg sync.WaitGroup
	wg.Go(func() { sums[0] = a() })
	wg.Go(func() { sums[1] = b() })
	wg.Wait()
	return sums[0] + sums[1]
}

// chunks gives the first worker so many times what the second one gets.
func chunks(times int) func(size int) int {
	return func(size int) int {
		at := size * times / (times + 1)
		return both(func() int { return each(0, at, item) }, func() int { return each(at, size, item) })
	}
}

// serialPart does the first of so many parts alone.
func serialPart(parts int) func(size int) int {
	return func(size int) int {
		sum := each(0, size/parts, item)
		at := size/parts + (size-size/parts)/2
		return sum + both(func() int { return each(size/parts, at, item) }, func() int { return each(at, size, item) })
	}
}

// hotMutex holds a lock for 80 of the 100 units of an item.
func hotMutex(size int) int {
	var mu sync.Mutex
	locked := func(int) int {
		outside := spin(20)
		mu.Lock()
		defer mu.Unlock()
		return outside + spin(80)
	}
	return both(func() int { return each(0, size/2, locked) }, func() int { return each(size/2, size, locked) })
}

func halves(int) int { return spin(20) + spin(80) }

func allHalves(size int) int { return each(0, size, halves) }

// sharded does the same without the lock.
func sharded(size int) int {
	return both(func() int { return each(0, size/2, halves) }, func() int { return each(size/2, size, halves) })
}

// Each item of the pipeline takes 25 units in the first stage, 75 in the second.
func stages(size int) int {
	return each(0, size, func(int) int { return spin(25) + spin(75) })
}

// pipeline has a worker for each stage.
func pipeline(size int) int {
	c := make(chan int, 4)
	return both(func() int {
		defer close(c)
		for range size {
			c <- spin(25)
		}
		return 0
	}, func() int {
		sum := 0
		for first := range c {
			sum += first + spin(75)
		}
		return sum
	})
}

// node is one of a tree, which a collection has to go through.
type node struct{ left, right *node }

func tree(depth int) *node {
	if depth == 0 {
		return &node{}
	}
	return &node{tree(depth - 1), tree(depth - 1)}
}

func (n *node) count() int {
	if n.left == nil {
		return 1
	}
	return 1 + n.left.count() + n.right.count()
}

// kept is a tree of 8 MB that each collection goes through.
var kept = sync.OnceValue(func() *node { return tree(18) })

// grow makes a tree and counts it, and the leftmost leaf of the one that is kept.
func grow(int) int {
	n := kept()
	for n.left != nil {
		n = n.left
	}
	return tree(10).count() + n.count()
}

// treesEach is how many trees grow for each item, enough for many collections.
const treesEach = 4

func trees(size int) int { return each(0, treesEach*size, grow) }

func bothTrees(size int) int {
	all := treesEach * size
	return both(func() int { return each(0, all/2, grow) }, func() int { return each(all/2, all, grow) })
}

func withoutCollections(size int) int {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	return bothTrees(size)
}

// countsEach is how often a counter counts for each item.
const countsEach = 10_000

func counts(size int) int {
	var n atomic.Int64
	for range size * countsEach {
		n.Add(1)
	}
	return int(n.Load())
}

// counters has a counter for each worker, so many numbers apart.
func counters(apart int) func(size int) int {
	return func(size int) int {
		all := make([]atomic.Int64, 4*apart)
		count := func(n *atomic.Int64) func() int {
			return func() int {
				for range size / 2 * countsEach {
					n.Add(1)
				}
				return int(n.Load())
			}
		}
		return both(count(&all[0]), count(&all[apart]))
	}
}

// large is what the memory-bound program copies, half onto half: more than caches
// hold.
var large = sync.OnceValue(func() []int64 {
	numbers := make([]int64, 16<<20) // 128 MB
	for i := range numbers {
		numbers[i] = int64(i % 2)
	}
	return numbers
})

// pieces is how many pieces are copied.
const pieces = 64

// copyPiece copies a piece and returns its last number.
func copyPiece(i int) int {
	all := large()
	half := len(all) / 2
	size := half / pieces
	to := all[half+i*size : half+(i+1)*size]
	copy(to, all[i*size:(i+1)*size])
	return int(to[size-1])
}

func copies(int) int { return each(0, pieces, copyPiece) }

// bothCopies has each worker take the next piece when it is free.
func bothCopies(int) int {
	var next atomic.Int64
	take := func() int {
		sum := 0
		for i := int(next.Add(1)) - 1; i < pieces; i = int(next.Add(1)) - 1 {
			sum += copyPiece(i)
		}
		return sum
	}
	return both(take, take)
}
