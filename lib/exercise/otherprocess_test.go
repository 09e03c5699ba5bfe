package exercise

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"time"

	"multiprocessing/lib/pool"
	"multiprocessing/lib/process"
)

func square(n int) int { return Here(n) }

var (
	squareTask = process.Register("square", square)
	plainTask  = process.Register("square by hand", func(n int) int { return n * n })
	wrongTask  = process.Register("double", func(n int) int { return 2 * Here(n) / max(1, n) })
)

func squaresStarter(numbers []int) []int {
	results := make([]int, len(numbers))
	for i, n := range numbers {
		results[i] = square(n)
	}
	return results
}

func squaresSolution(numbers []int) []int { return squaresBy(squareTask, numbers) }

func squaresBy(task *process.Task[int, int], numbers []int) []int {
	p, err := process.NewPool(context.Background(), 2)
	if err != nil {
		panic(err)
	}
	defer p.Close()
	results, err := process.Map(context.Background(), p, numbers, task)
	if err != nil {
		panic(err)
	}
	return results
}

// squaresGoroutines has workers, but no processes.
func squaresGoroutines(numbers []int) []int {
	p := pool.New(2)
	defer p.Close()
	return pool.Map(p, numbers, square)
}

// squaresNoPool starts a process for each number, one after the other.
func squaresNoPool(numbers []int) []int {
	results := make([]int, len(numbers))
	for i, n := range numbers {
		p := process.New(squareTask, n)
		if err := p.Start(context.Background()); err != nil {
			panic(err)
		}
		result, err := p.Join(context.Background())
		if err != nil {
			panic(err)
		}
		results[i] = result
	}
	return results
}

// squaresArrival puts the squares where the last one ended.
func squaresArrival(numbers []int) []int {
	p, err := process.NewPool(context.Background(), 2)
	if err != nil {
		panic(err)
	}
	defer p.Close()
	var results []int
	for i := range numbers {
		n := numbers[len(numbers)-1-i]
		result, _ := process.Apply(context.Background(), p, n, squareTask)
		results = append(results, result)
	}
	return results
}

func TestOtherProcess(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no worker processes there")
	}
	solution(t, func() Verdict { return OtherProcess(squaresSolution) })
	hurried(t)
	for _, w := range []wrong{
		{"starter", func() Verdict { return OtherProcess(squaresStarter) }, []string{"squares([3 1 2]) is right, but the square of 3 was computed in this program's own process"}},
		{"goroutines", func() Verdict { return OtherProcess(squaresGoroutines) }, []string{"in this program's own process"}},
		{"another order", func() Verdict { return OtherProcess(squaresArrival) }, []string{"squares([3 1 2]) has the right squares in another order: [4 1 9]; in order they are [9 1 4]"}},
		{"another task", func() Verdict {
			return OtherProcess(func(numbers []int) []int { return squaresBy(plainTask, numbers) })
		}, []string{"exercise.Here(3) was called in no process that it started"}},
		{"wrong squares", func() Verdict {
			return OtherProcess(func(numbers []int) []int { return squaresBy(wrongTask, numbers) })
		}, []string{"squares([3 1 2]) is [6 2 4]; the squares in order are [9 1 4]"}},
		{"a process for each number", func() Verdict { return OtherProcess(squaresNoPool) }, []string{`in the case "more numbers than workers", squares([0 1 2 3 4 5 6 7 8 9 ...]) is right, but it started a process for each of the `}},
		{"each square twice", func() Verdict {
			return OtherProcess(func(numbers []int) []int {
				squaresSolution(numbers)
				return squaresSolution(numbers)
			})
		}, []string{`in the case "three numbers", squares([3 1 2]) is right, but exercise.Here(3) was called 2 times, not 1`}},
		{"nil for an error", func() Verdict {
			return OtherProcess(func([]int) []int { return nil })
		}, []string{"squares([3 1 2]) is nil; it must have 3 squares"}},
	} {
		w.run(t)
	}
}

func TestOtherProcessSeesWorkersThatAreLeftRunning(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("no /proc to look for them")
	}
	hurried(t)
	var left []*process.Pool
	var mu sync.Mutex
	defer func() {
		for _, p := range left {
			p.Close()
		}
	}()
	unclosed := func(numbers []int) []int {
		p, err := process.NewPool(context.Background(), 2)
		if err != nil {
			panic(err)
		}
		mu.Lock()
		left = append(left, p)
		mu.Unlock()
		results, _ := process.Map(context.Background(), p, numbers, squareTask)
		return results
	}
	wrong{"never closed", func() Verdict { return OtherProcess(unclosed) }, []string{"squares([3 1 2]) is right, but leaves processes running: 2"}}.run(t)
}

func TestHereOutsideACheckOnlySquares(t *testing.T) {
	if got := Here(-7); got != 49 {
		t.Errorf("got %d", got)
	}
}

func TestChildrenThatAreAboutToEndAreAwaited(t *testing.T) {
	begin := time.Now()
	if left := childrenLeft(children()); left != 0 || time.Since(begin) > grace {
		t.Errorf("%d children are left", left)
	}
}
