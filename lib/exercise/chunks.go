package exercise

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// HandOut is what it costs a worker to take a chunk, in the unit in which
// the tasks' costs are given. A task costs about as much on average.
const HandOut = 10

// Chunks checks how tasks of unequal cost are cut into chunks. A chunk is a
// list of task numbers; whichever worker is free takes the next one and does
// its tasks, after it has paid HandOut for it. No clock is involved: the
// check adds up costs, and compares when the last worker ends with one task
// at a time, and with one run of tasks a worker. Chunks must beat both, with
// 2 to 8 workers; a single worker need only beat one task at a time.
func Chunks(chunks func(costs []float64, workers int) [][]int) (verdict Verdict) {
	defer begin("Chunks", chunks == nil)(&verdict)
	var trials []func() string
	for _, c := range []struct {
		name  string
		tasks int
	}{{"ten equal tasks", 10}, {"a task for each worker", 3}, {"a single task", 1}, {"no task", 0}} {
		trials = append(trials, named(c.name, func() string { return tryFewTasks(chunks, c.tasks, 3) }))
	}
	random := rand.New(rand.NewPCG(6, 0))
	for _, kind := range kindsOfWork {
		costs := kind.costs(300+random.IntN(40), random)
		for workers := 1; workers <= 8; workers++ {
			call := fmt.Sprintf("chunks(costs, %d) for %d tasks", workers, len(costs))
			trials = append(trials, named(kind.name, func() string { return tryChunks(chunks, call, costs, workers) }))
		}
	}
	return judge("every task is done once, and the last worker ends sooner than with one task at a time or one run a worker.", trials...)
}

// kindOfWork is one for which one run of tasks a worker is a bad choice.
type kindOfWork struct {
	name string
	cost func(place float64) float64 // place is 0 for the first task, 1 for the last
}

var kindsOfWork = []kindOfWork{
	{"each dearer than the one before", func(place float64) float64 { return 20 * place }},
	{"each cheaper than the one before", func(place float64) float64 { return 20 * (1 - place) }},
	{"the last fifth of them dear", func(place float64) float64 { return cheapOrDear(place > 0.8) }},
	{"the first fifth of them dear", func(place float64) float64 { return cheapOrDear(place < 0.2) }},
}

func cheapOrDear(dear bool) float64 {
	if dear {
		return 35
	}
	return 3
}

// costs are those of so many tasks of the kind, each a little off.
func (k kindOfWork) costs(tasks int, random *rand.Rand) []float64 {
	costs := make([]float64, tasks)
	for i := range costs {
		costs[i] = k.cost(float64(i)/float64(tasks-1)) * (0.9 + 0.2*random.Float64())
	}
	return costs
}

// tryFewTasks has nothing to win, but tasks to lose.
func tryFewTasks(chunks func([]float64, int) [][]int, tasks, workers int) string {
	costs := slices.Repeat([]float64{5}, tasks)
	_, problem := cut(chunks, fmt.Sprintf("chunks(%v, %d)", costs, workers), costs, workers)
	return problem
}

func tryChunks(chunks func([]float64, int) [][]int, call string, costs []float64, workers int) string {
	list, problem := cut(chunks, call, costs, workers)
	if problem != "" {
		return problem
	}
	end := lastEnd(costs, list, workers)
	hint := ""
	if workers == 1 {
		hint = "; what one worker can save is hand-outs"
	}
	for _, rival := range []struct {
		name string
		end  float64
		fair bool
	}{
		{"one task at a time", lastEnd(costs, equalRuns(len(costs), len(costs)), workers), true},
		{"one run a worker", lastEnd(costs, equalRuns(len(costs), workers), workers), workers > 1},
	} {
		switch late := 100 * (end/rival.end - 1); {
		case !rival.fair || late < -0.1:
		case late < 0.1:
			return fmt.Sprintf("%s ends after %.0f units, no sooner than %s%s", call, end, rival.name, hint)
		default:
			return fmt.Sprintf("%s ends after %.0f units; it loses to %s, which ends after %.0f, by %.1f%%%s", call, end, rival.name, rival.end, late, hint)
		}
	}
	return ""
}

// cut has the reader's function cut the tasks, and finds those that are
// missing or there too often.
func cut(chunks func([]float64, int) [][]int, call string, costs []float64, workers int) (list [][]int, problem string) {
	input := slices.Clone(costs)
	if problem := attempt(call, func() { list = chunks(input, workers) }); problem != "" {
		return nil, problem
	}
	if problem := changed(call, input, costs, "costs"); problem != "" {
		return nil, problem
	}
	chunkOf := make(map[int]int)
	for c, chunk := range list {
		for _, task := range chunk {
			if task < 0 || task >= len(costs) {
				return nil, fmt.Sprintf("%s has task %d in chunk %d; there are %d tasks, from 0 on", call, task, c, len(costs))
			}
			if other, twice := chunkOf[task]; twice {
				return nil, fmt.Sprintf("%s has task %d in chunk %d and in chunk %d", call, task, other, c)
			}
			chunkOf[task] = c
		}
	}
	for task := range costs {
		if _, found := chunkOf[task]; !found {
			return nil, fmt.Sprintf("%s has task %d in no chunk, and %d of %d tasks in all", call, task, len(chunkOf), len(costs))
		}
	}
	return list, ""
}

// lastEnd is when the last worker has ended if whoever is free first takes
// the next chunk.
func lastEnd(costs []float64, chunks [][]int, workers int) float64 {
	free := make([]float64, workers) // when each worker is free
	for _, chunk := range chunks {
		first := 0
		for w := range free {
			if free[w] < free[first] {
				first = w
			}
		}
		free[first] += HandOut
		for _, task := range chunk {
			free[first] += costs[task]
		}
	}
	return slices.Max(free)
}

// equalRuns cuts tasks into so many runs of the same length, or nearly.
func equalRuns(tasks, runs int) [][]int {
	list := make([][]int, runs)
	for r := range list {
		for task := r * tasks / runs; task < (r+1)*tasks/runs; task++ {
			list[r] = append(list[r], task)
		}
	}
	return list
}
