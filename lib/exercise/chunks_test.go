package exercise

import (
	"slices"
	"testing"
)

// chunksStarter is one task at a time.
func chunksStarter(costs []float64, workers int) [][]int {
	return chunksOf(len(costs), 1)
}

func chunksOf(tasks, size int) [][]int {
	var chunks [][]int
	for from := 0; from < tasks; from += size {
		var chunk []int
		for task := from; task < min(from+size, tasks); task++ {
			chunk = append(chunk, task)
		}
		chunks = append(chunks, chunk)
	}
	return chunks
}

// chunksSolution closes a chunk when it costs a sixteenth of a worker's share.
func chunksSolution(costs []float64, workers int) [][]int {
	total := 0.0
	for _, cost := range costs {
		total += cost
	}
	var chunks [][]int
	enough := 0.0
	for task, cost := range costs {
		if len(chunks) == 0 || enough >= total/float64(16*workers) {
			chunks, enough = append(chunks, nil), 0
		}
		chunks[len(chunks)-1] = append(chunks[len(chunks)-1], task)
		enough += cost
	}
	return chunks
}

// chunksFixed does not look at the costs.
func chunksFixed(costs []float64, workers int) [][]int { return chunksOf(len(costs), 8) }

// chunksSmaller gets smaller toward the end.
func chunksSmaller(costs []float64, workers, part int) [][]int {
	var chunks [][]int
	for task := 0; task < len(costs); {
		var chunk []int
		for range max(1, (len(costs)-task)/(part*workers)) {
			chunk = append(chunk, task)
			task++
		}
		chunks = append(chunks, chunk)
	}
	return chunks
}

func chunksOneRun(costs []float64, workers int) [][]int { return equalRuns(len(costs), workers) }

func chunksTooLarge(costs []float64, workers int) [][]int { return chunksOf(len(costs), 50) }

// chunksRest forgets the tasks that are left over.
func chunksRest(costs []float64, workers int) [][]int {
	return chunksOf(len(costs)/4*4, 4)
}

// chunksOverlap begins a chunk with the last task of the one before.
func chunksOverlap(costs []float64, workers int) [][]int {
	chunks := chunksOf(len(costs), 8)
	for i := range chunks[1:] {
		chunks[i+1] = append([]int{chunks[i+1][0] - 1}, chunks[i+1]...)
	}
	return chunks
}

func TestChunks(t *testing.T) {
	for _, s := range []func([]float64, int) [][]int{
		chunksSolution,
		chunksFixed,
		func(costs []float64, workers int) [][]int { return chunksSmaller(costs, workers, 3) },
		func(costs []float64, workers int) [][]int {
			return chunksOf(len(costs), max(1, len(costs)/(8*workers)))
		},
		func(costs []float64, workers int) [][]int { return chunksOf(len(costs), 4) },
		func(costs []float64, workers int) [][]int { return chunksOf(len(costs), 16) },
	} {
		solution(t, func() Verdict { return Chunks(s) })
	}
	for _, w := range []wrong{
		{"starter", func() Verdict { return Chunks(chunksStarter) }, []string{`in the case "each dearer than the one before", chunks(costs, 1) for 3`, " tasks ends after", "no sooner than one task at a time; what one worker can save is hand-outs"}},
		{"one run a worker", func() Verdict { return Chunks(chunksOneRun) }, []string{"chunks(costs, 2) for", "no sooner than one run a worker"}},
		{"too large", func() Verdict { return Chunks(chunksTooLarge) }, []string{"for 3", "it loses to one", ", which ends after", "%"}},
		{"smaller, but too large at first", func() Verdict {
			return Chunks(func(costs []float64, workers int) [][]int { return chunksSmaller(costs, workers, 1) })
		}, []string{"one run a worker"}},
		{"the rest is forgotten", func() Verdict { return Chunks(chunksRest) }, []string{"chunks([5 5 5 5 5 5 5 5 5 5], 3) has task 8 in no chunk, and 8 of 10 tasks in all"}},
		{"overlapping", func() Verdict { return Chunks(chunksOverlap) }, []string{"has task 7 in chunk 0 and in chunk 1"}},
		{"off the end", func() Verdict {
			return Chunks(func(costs []float64, workers int) [][]int { return chunksOf(len(costs)+1, 4) })
		}, []string{"has task 10 in chunk 2; there are 10 tasks, from 0 on"}},
		{"nil", func() Verdict {
			return Chunks(func([]float64, int) [][]int { return nil })
		}, []string{"has task 0 in no chunk"}},
		{"sorts its input", func() Verdict {
			return Chunks(func(costs []float64, workers int) [][]int {
				slices.Reverse(costs)
				slices.Sort(costs)
				return chunksOf(len(costs), 8)
			})
		}, []string{"changes its input: element ", " of the costs was 0."}},
	} {
		w.run(t)
	}
}

func TestWhoeverIsFreeFirstTakesTheNextChunk(t *testing.T) {
	costs := []float64{100, 1, 1, 1}
	if got := lastEnd(costs, [][]int{{0}, {1}, {2}, {3}}, 2); got != 100+HandOut {
		t.Errorf("ends after %v", got)
	}
	if got := lastEnd(costs, [][]int{{1, 2}, {3}, {0}}, 2); got != 2*HandOut+101 {
		t.Errorf("ends after %v", got)
	}
}
