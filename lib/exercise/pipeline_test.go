package exercise

import (
	"sync"
	"testing"

	"multiprocessing/lib/primes"
)

// pipelineStarter has three stages, which wait forever for somebody to take
// what they send when the last one has enough.
func pipelineStarter(numbers []int, want int) []int {
	all, found := make(chan int), make(chan int)
	go func() {
		defer close(all)
		for _, n := range numbers {
			all <- n
		}
	}()
	go func() {
		defer close(found)
		for n := range all {
			if primes.IsPrime(n) {
				found <- n
			}
		}
	}()
	var squares []int
	for len(squares) < want {
		n, more := <-found
		if !more {
			break
		}
		squares = append(squares, n*n)
	}
	return squares
}

func pipelineSolution(numbers []int, want int) []int {
	enough := make(chan struct{})
	var stages sync.WaitGroup
	defer stages.Wait()
	defer close(enough)
	all, found := make(chan int), make(chan int)
	stages.Go(func() {
		defer close(all)
		for _, n := range numbers {
			select {
			case all <- n:
			case <-enough:
				return
			}
		}
	})
	stages.Go(func() {
		defer close(found)
		for n := range all {
			if !primes.IsPrime(n) {
				continue
			}
			select {
			case found <- n:
			case <-enough:
				return
			}
		}
	})
	var squares []int
	for len(squares) < want {
		n, more := <-found
		if !more {
			break
		}
		squares = append(squares, n*n)
	}
	return squares
}

// pipelineAsks asks its stages to stop, and does not wait for them.
func pipelineAsks(numbers []int, want int) []int {
	enough := make(chan struct{})
	defer close(enough)
	all, found := make(chan int), make(chan int)
	go func() {
		defer close(all)
		for _, n := range numbers {
			select {
			case all <- n:
			case <-enough:
				return
			}
		}
	}()
	go func() {
		defer close(found)
		for n := range all {
			if !primes.IsPrime(n) {
				continue
			}
			select {
			case found <- n:
			case <-enough:
				return
			}
		}
	}()
	var squares []int
	for len(squares) < want {
		n, more := <-found
		if !more {
			break
		}
		squares = append(squares, n*n)
	}
	return squares
}

// pipelineSerial has no stages.
func pipelineSerial(numbers []int, want int) []int { return squaresOfPrimes(numbers, want) }

// pipelineDrains takes everything that is left, so that nobody waits.
func pipelineDrains(numbers []int, want int) []int {
	squares := pipelineStarter(numbers, len(numbers))
	return squares[:min(want, len(squares))]
}

// pipelineBuffers gives every stage room for all numbers, so that nobody
// waits; the stages go on to the end.
func pipelineBuffers(numbers []int, want int) []int {
	all, found := make(chan int, len(numbers)), make(chan int, len(numbers))
	go func() {
		defer close(all)
		for _, n := range numbers {
			all <- n
		}
	}()
	go func() {
		defer close(found)
		for n := range all {
			if primes.IsPrime(n) {
				found <- n
			}
		}
	}()
	var squares []int
	for n := range found {
		if len(squares) == want {
			break
		}
		squares = append(squares, n*n)
	}
	return squares
}

// pipelineInsists waits for as many as are wanted, though there are fewer.
func pipelineInsists(numbers []int, want int) []int {
	enough, found := make(chan struct{}), make(chan int)
	defer close(enough)
	go func() {
		for _, n := range pipelineSolution(numbers, len(numbers)) {
			select {
			case found <- n:
			case <-enough:
				return
			}
		}
	}()
	var squares []int
	for range want {
		squares = append(squares, <-found)
	}
	return squares
}

// pipelineZeros takes a closed channel's zeros for squares.
func pipelineZeros(numbers []int, want int) []int {
	found := make(chan int)
	go func() {
		defer close(found)
		for _, n := range numbers {
			if primes.IsPrime(n) {
				found <- n
			}
		}
	}()
	squares := make([]int, want)
	for i := range squares {
		n := <-found
		squares[i] = n * n
	}
	for range found { // so that nobody waits
	}
	return squares
}

// pipelineCutsFirst squares the primes among the first numbers.
func pipelineCutsFirst(numbers []int, want int) []int {
	return pipelineSolution(numbers[:min(want, len(numbers))], want)
}

func TestPipeline(t *testing.T) {
	solution(t, func() Verdict { return Pipeline(pipelineSolution) })
	hurried(t) // and so what is left behind need not work on for long
	for _, w := range []wrong{
		{"starter", func() Verdict { return Pipeline(pipelineStarter) }, []string{"pipeline([9 7 1 2 11 4 3 7 5 13], 3) is right, but leaves 2 goroutines (2 in \"chan send\") behind"}},
		{"no stages", func() Verdict { return Pipeline(pipelineSerial) }, []string{"is right, but started 0 goroutines; three stages need at least 2 beside the caller's"}},
		{"drains", func() Verdict { return Pipeline(pipelineDrains) }, []string{"numbers that begin with 2, 3, 5; 3) is right, but took", "it does not stop early"}},
		{"buffers", func() Verdict { return Pipeline(pipelineBuffers) }, []string{"numbers that begin with 2, 3, 5; 3) is right, but leaves", "behind"}},
		{"zeros", func() Verdict { return Pipeline(pipelineZeros) }, []string{"pipeline([4 7 8 3], 3) has 3 squares, not 2: [49 9 0]"}},
		{"only asks", func() Verdict { return Pipeline(pipelineAsks) }, []string{"pipeline([2 3 5 1000000000000037 1000000000000037], 3) is right, but returns while one of its goroutines is still looking at a number"}},
		{"cuts first", func() Verdict { return Pipeline(pipelineCutsFirst) }, []string{"pipeline([2 3 4 5 6 7], 4) has 3 squares, not 4: [4 9 25]"}},
	} {
		w.run(t)
	}
	impatient(t)
	wrong{"insists", func() Verdict { return Pipeline(pipelineInsists) }, []string{"pipeline([4 7 8 3], 3) does not return: it was still running after 500ms"}}.run(t)
}
