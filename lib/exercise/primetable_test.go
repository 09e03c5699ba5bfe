package exercise

import (
	"sync"
	"testing"

	"multiprocessing/lib/pool"
)

func tableStarter(first, count, atOnce int, nth func(int) int) []int {
	table := make([]int, count)
	for i := range table {
		table[i] = nth(first + i)
	}
	return table
}

func tableSolution(first, count, atOnce int, nth func(int) int) []int {
	table, tasks := make([]int, count), make(chan int)
	var wg sync.WaitGroup
	for range atOnce {
		wg.Go(func() {
			for i := range tasks {
				table[i] = nth(first + i)
			}
		})
	}
	for i := range table {
		tasks <- i
	}
	close(tasks)
	wg.Wait()
	return table
}

// tableUnlimited starts a goroutine for every prime.
func tableUnlimited(first, count, atOnce int, nth func(int) int) []int {
	table := make([]int, count)
	var wg sync.WaitGroup
	for i := range table {
		wg.Go(func() { table[i] = nth(first + i) })
	}
	wg.Wait()
	return table
}

// tableArrival appends primes as they come, the last begun first.
func tableArrival(first, count, atOnce int, nth func(int) int) []int {
	var table []int
	var mu sync.Mutex
	tableSolution(first, count, atOnce, func(n int) int {
		prime := nth(2*first + count - 1 - n)
		mu.Lock()
		defer mu.Unlock()
		table = append(table, prime)
		return 0
	})
	return table
}

// tableRest forgets what is left over when the primes are divided among goroutines.
func tableRest(first, count, atOnce int, nth func(int) int) []int {
	table := make([]int, count)
	var wg sync.WaitGroup
	for w := range atOnce {
		wg.Go(func() {
			for i := w * (count / atOnce); i < (w+1)*(count/atOnce); i++ {
				table[i] = nth(first + i)
			}
		})
	}
	wg.Wait()
	return table
}

// tableFromZero forgets where the table begins.
func tableFromZero(first, count, atOnce int, nth func(int) int) []int {
	return tableSolution(0, count, atOnce, nth)
}

// tableTwice has every goroutine do all the work.
func tableTwice(first, count, atOnce int, nth func(int) int) []int {
	var mu sync.Mutex
	table := make([]int, count)
	tableUnlimited(0, atOnce, atOnce, func(int) int {
		for i := range table {
			prime := nth(first + i)
			mu.Lock()
			table[i] = prime
			mu.Unlock()
		}
		return 0
	})
	return table
}

// tableNoClose never tells its goroutines that there is no more to do.
func tableNoClose(first, count, atOnce int, nth func(int) int) []int {
	table, tasks := make([]int, count), make(chan int)
	var wg sync.WaitGroup
	for range atOnce {
		wg.Go(func() {
			for i := range tasks {
				table[i] = nth(first + i)
			}
		})
	}
	for i := range table {
		tasks <- i
	}
	wg.Wait()
	return table
}

// tableNewPool leaves the workers of its pool behind.
func tableNewPool(first, count, atOnce int, nth func(int) int) []int {
	return tableByPool(pool.New(atOnce), first, count, nth)
}

func tableClosedPool(first, count, atOnce int, nth func(int) int) []int {
	p := pool.New(atOnce)
	defer p.Close()
	return tableByPool(p, first, count, nth)
}

func tableByPool(p *pool.Pool, first, count int, nth func(int) int) []int {
	places := make([]int, count)
	for i := range places {
		places[i] = first + i
	}
	return pool.Map(p, places, nth, pool.Chunk(1))
}

func TestPrimeTable(t *testing.T) {
	solution(t, func() Verdict { return PrimeTable(tableSolution) })
	solution(t, func() Verdict { return PrimeTable(tableClosedPool) })
	hurried(t)
	for _, w := range []wrong{
		{"starter", func() Verdict { return PrimeTable(tableStarter) }, []string{"primeTable(12, 30, 4) gives the right primes, but it ran one task at a time"}},
		{"all at once", func() Verdict { return PrimeTable(tableUnlimited) }, []string{"primeTable(12, 30, 4) had 30 tasks running at the same time, not at most 4"}},
		{"in the order of arrival", func() Verdict { return PrimeTable(tableArrival) }, []string{"primeTable(12, 30, 4) has the right primes in another order: [", "in order they are [37 41 43 47 53 59 61 67 71 73 ...]; without a lock, append from several goroutines is a data race, too"}},
		{"the rest is forgotten", func() Verdict { return PrimeTable(tableRest) }, []string{"primeTable(12, 30, 4) is [... 131 137 139 149 151 157 163 167 0 0]; the primes in order are [... 131 137 139 149 151 157 163 167 173 179]"}},
		{"from zero", func() Verdict { return PrimeTable(tableFromZero) }, []string{"primeTable(12, 30, 4) computed nth(0), which is not in the table"}},
		{"all work twice", func() Verdict { return PrimeTable(tableTwice) }, []string{"primeTable(12, 30, 4) gives the right primes, but it computed nth(12) 4 times"}},
		{"a pool that is not closed", func() Verdict { return PrimeTable(tableNewPool) }, []string{"primeTable(12, 30, 4) gives the right primes, but leaves 4 goroutines", "behind"}},
		{"nil", func() Verdict {
			return PrimeTable(func(int, int, int, func(int) int) []int { return nil })
		}, []string{"primeTable(12, 30, 4) is nil; it must have 30 primes"}},
	} {
		w.run(t)
	}
	impatient(t)
	wrong{"never closed", func() Verdict { return PrimeTable(tableNoClose) }, []string{"primeTable(12, 30, 4) does not return: it was still running after 500ms"}}.run(t)
}
