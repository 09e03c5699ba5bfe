// Command benchmarks runs the course's library beside what others use for
// the same work, in one run and in turns, and prints medians and ratios.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
)

func main() {
	rounds := flag.Int("rounds", 31, "how often everything is measured")
	only := flag.String("only", "", "run only groups whose title contains this")
	flag.Parse()
	if err := run(os.Stdout, *rounds, *only); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// group is a kind of work, done by many.
type group struct {
	title string
	unit  string  // of the printed median
	scale float64 // nanoseconds of a whole run in one unit: tasks a run, or 1e6 for ms
	most  int     // rounds, 0 for as many as asked for
	start func() (cases []contender, stop func(), err error)
	goals []goal
}

// groups is every kind of work; a new one is added here.
var groups = []group{tiny, tests, unequal, poolStart, processMap, roundTrip, queue, queueTo, pipe, value}

func run(out io.Writer, rounds int, only string) error {
	if rounds < 1 {
		return fmt.Errorf("benchmarks: -rounds must be at least 1, got %d", rounds)
	}
	fmt.Fprintf(out, "%s, %s/%s, GOMAXPROCS %d; medians of %d rounds\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0), rounds)
	fmt.Fprintf(out, "this program could use %.1f cores at the start; with less than 2 nothing parallel can win\n", freeCores())
	for _, g := range groups {
		if err := g.print(out, rounds, only); err != nil {
			return fmt.Errorf("benchmarks: %s: %w", g.title, err)
		}
	}
	return nil
}
