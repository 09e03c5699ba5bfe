// Command simulate predicts how a job on many workers goes, from what a chunk
// costs on this machine:
//
//	go run ./simulate
//
// It measures what a chunk takes at the client, the server and the worker,
// with one server and with three. Then it checks its simulation against runs
// that this machine can do, and prints the error of each prediction. At last
// it simulates 10, 1,000 and 100,000 workers, each on a machine of its own. It
// takes about a minute and a half, and prints Markdown.
//
// The simulation is a discrete-event simulation: client and leading server do
// one thing after the other, each worker has one chunk at a time, and what
// waits, waits in a queue. docs/scale.md says what it leaves out.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	"multiprocessing/lib/cluster"
)

func main() { os.Exit(execute(os.Args[1:], os.Stdout, os.Stderr)) }

// execute runs the command line args and returns the exit status.
func execute(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("simulate", flag.ContinueOnError)
	flags.SetOutput(stderr)
	network := flags.Duration("network", 500*time.Microsecond, "one round trip between machines, for what is simulated; a chunk takes two")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if flags.NArg() > 0 || *network < 0 {
		fmt.Fprintln(stderr, "simulate: wants no arguments, and a network of 0 or more; see --help")
		return 2
	}
	for _, nodes := range []int{1, 3} {
		measured, err := measureAndCheck(stdout, nodes)
		if err != nil {
			fmt.Fprintln(stderr, "simulate:", err)
			return 1
		}
		measured.Latency += 2 * *network // a chunk to the worker, and its result back
		project(stdout, measured)
	}
	return 0
}

func measureAndCheck(out io.Writer, count int) (costs, error) {
	nodes, err := cluster.StartNodes(context.Background(), count)
	if err != nil {
		return costs{}, err
	}
	defer nodes.Close()
	c, err := measure(nodes)
	if err != nil {
		return c, err
	}
	fmt.Fprintf(out, "## Servers: %d\n\n", count)
	fmt.Fprintln(out, "| a chunk at the client | at the leading server | at the worker | latency | a sign of life at the server |")
	fmt.Fprintln(out, "|---|---|---|---|---|")
	fmt.Fprintf(out, "| %v | %v | %v | %v | %v |\n\n", round(c.Client), round(c.Server), round(c.Worker), round(c.Latency), round(c.Alive))
	return c, check(out, nodes, c)
}

func round(d time.Duration) time.Duration { return d.Round(time.Microsecond) }

// project prints what the simulation says of systems that are not here.
func project(out io.Writer, c costs) {
	fmt.Fprintln(out, "| workers | a chunk takes | Maps at once | speedup | efficiency | leading server busy | a client busy | deaths |")
	fmt.Fprintln(out, "|---|---|---|---|---|---|---|---|")
	for _, workers := range []int{10, 1000, 100_000} {
		for _, takes := range []time.Duration{10 * time.Millisecond, time.Second, time.Minute} {
			for _, clients := range []int{1, 100} {
				s := far(c, workers, clients, takes)
				if clients > 1 && workers <= s.Window {
					continue // one is enough
				}
				o := simulate(s)
				fmt.Fprintf(out, "| %d | %v | %d | %.3g | %.2g%% | %.0f%% | %.0f%% | %d |\n", workers, takes, clients,
					o.Speedup(), 100*o.Speedup()/float64(workers), 100*o.Server, 100*o.Client, o.Deaths)
			}
		}
	}
	fmt.Fprintln(out)
}

// mostChunks is how many are simulated, which takes some seconds.
const mostChunks = 500_000

// far is a system in which every program has a machine of its own. On average
// a worker dies once a day, as it may on machines that are cheap because they
// can be taken away.
func far(c costs, workers, clients int, takes time.Duration) system {
	s := system{costs: c, Workers: workers, Clients: clients, Window: 1024, Chunk: takes, Spread: 0.5,
		Lifetime: 24 * time.Hour, AckWait: 5 * time.Second, Restart: 30 * time.Second}
	s.Chunks = min(20*min(workers, s.Window*clients), mostChunks)
	return s
}

// here is a system of which all parts share the cores of this machine.
func here(c costs, workers, chunks int, takes time.Duration, compute bool) system {
	return system{costs: c, Workers: workers, Clients: 1, Window: 1024, Chunks: chunks, Chunk: takes, Compute: compute,
		Cores: runtime.NumCPU(), AckWait: 5 * time.Second}
}
