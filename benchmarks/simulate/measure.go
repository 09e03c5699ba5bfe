package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"multiprocessing/lib/cluster"
	"multiprocessing/lib/cluster/tasks"
	"multiprocessing/lib/primes"
	"multiprocessing/lib/process"
)

var (
	same = process.Register("simulate.same", func(n int) int { return n })
	nap  = process.Register("simulate.nap", func(ns int) int { time.Sleep(time.Duration(ns)); return ns })
)

// measure finds what a chunk costs with these servers, by the CPU time of the
// programs: the client is this one, the servers and the workers are its
// children.
func measure(nodes *cluster.Nodes) (costs, error) {
	servers, err := children()
	if err != nil {
		return costs{}, err
	}
	c, err := ofChunk(nodes, servers)
	if err == nil {
		c.Latency, err = latency(nodes, c)
	}
	if err == nil {
		c.Alive, err = alive(nodes, servers)
	}
	return c, err
}

const manyChunks = 5000

// ofChunk maps many tasks that do nothing, one in a chunk, with enough workers
// for the server to be busy all the time: then it does more at a time, and a
// chunk costs it less.
func ofChunk(nodes *cluster.Nodes, servers []int) (costs, error) {
	c, workers, err := open(nodes, cluster.Config{Processes: 2, Workers: 32}, servers)
	if err != nil {
		return costs{}, err
	}
	defer c.Close()
	self := []int{os.Getpid()}
	before := [][]time.Duration{cpu(self), cpu(servers), cpu(workers)}
	if _, err := cluster.Map(context.Background(), c, make([]int, manyChunks), same, cluster.ChunkSize(1)); err != nil {
		return costs{}, err
	}
	took := [][]time.Duration{minus(cpu(self), before[0]), minus(cpu(servers), before[1]), minus(cpu(workers), before[2])}
	var all time.Duration
	for _, d := range took[2] {
		all += d
	}
	return costs{Client: took[0][0] / manyChunks, Server: slices.Max(took[1]) / manyChunks, Worker: all / manyChunks}, nil
}

// open connects, has each worker do something, and returns the processes that
// work.
func open(nodes *cluster.Nodes, config cluster.Config, servers []int) (*cluster.Cluster, []int, error) {
	config.URL, config.Token = nodes.URL(), nodes.Token()
	c, err := cluster.Open(context.Background(), config)
	if err != nil {
		return nil, nil, err
	}
	_, err = cluster.Map(context.Background(), c, make([]int, 200), same, cluster.ChunkSize(1))
	all, err2 := children()
	if err := errors.Join(err, err2); err != nil {
		return nil, nil, errors.Join(err, c.Close())
	}
	return c, slices.DeleteFunc(all, func(pid int) bool { return slices.Contains(servers, pid) }), nil
}

// latency is what a worker waits from chunk to chunk, when nobody else is
// waited for.
func latency(nodes *cluster.Nodes, known costs) (time.Duration, error) {
	c, _, err := open(nodes, cluster.Config{Processes: 1}, nil)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	const n = 1000
	began := time.Now()
	_, err = cluster.Map(context.Background(), c, make([]int, n), same, cluster.ChunkSize(1))
	cycle := time.Since(began) / n
	return max(0, cycle-known.Worker-2*known.Server/serverVisits), err
}

// alive has many workers sleep for longer than the server would wait without
// a sign of life, and sees what these cost.
func alive(nodes *cluster.Nodes, servers []int) (time.Duration, error) {
	const workers, signs = 1000, 5 // one each 5/3 s, of which 5 are between the two looks
	c, _, err := open(nodes, cluster.Config{Workers: workers}, servers)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	used := make(chan []time.Duration, 1)
	go func() {
		time.Sleep(1500 * time.Millisecond)
		before := cpu(servers)
		time.Sleep(7500 * time.Millisecond)
		used <- minus(cpu(servers), before)
	}()
	_, err = cluster.Map(context.Background(), c, slices.Repeat([]int{int(9500 * time.Millisecond)}, workers), nap, cluster.ChunkSize(1))
	return slices.Max(<-used) / (workers * signs), err
}

// children are the processes that this one has started, in order of their
// numbers.
func children() (pids []int, err error) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(stats) == 0 {
		return nil, errors.New("measuring needs /proc, as Linux has it")
	}
	for _, stat := range stats {
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(stat)))
		if fields := statOf(pid); len(fields) > 1 && fields[1] == strconv.Itoa(os.Getpid()) {
			pids = append(pids, pid)
		}
	}
	slices.Sort(pids)
	return pids, nil
}

// statOf reads what the system tells of a process, from the state on: the
// name before it may hold anything.
func statOf(pid int) []string {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	return strings.Fields(string(content[strings.LastIndexByte(string(content), ')')+1:]))
}

// tick is the unit of CPU times in /proc: USER_HZ is 100 on every Linux that
// Go runs on.
const tick = 10 * time.Millisecond

func cpu(pids []int) (used []time.Duration) {
	for _, pid := range pids {
		var ticks int
		if fields := statOf(pid); len(fields) > 12 {
			user, _ := strconv.Atoi(fields[11])
			system, _ := strconv.Atoi(fields[12])
			ticks = user + system
		}
		used = append(used, time.Duration(ticks)*tick)
	}
	return used
}

func minus(a, b []time.Duration) []time.Duration {
	for i := range a {
		a[i] -= b[i]
	}
	return a
}

// check compares runs with their predictions: tasks that wait, by many more
// workers than there are cores, and tasks that compute.
func check(out io.Writer, nodes *cluster.Nodes, c costs) error {
	fmt.Fprintln(out, "| tasks | workers | chunks | measured | simulated | error |")
	fmt.Fprintln(out, "|---|---|---|---|---|---|")
	const napTime, nth = 5 * time.Millisecond, 6000
	napped := average(1, 50, func() { time.Sleep(napTime) })
	for _, n := range []int{1, 4, 16, 64} {
		items := slices.Repeat([]int{int(napTime)}, max(200, 50*n))
		if err := compare(out, nodes, cluster.Config{Workers: n}, nap, items, "wait 5 ms", n, here(c, n, len(items), napped, false)); err != nil {
			return err
		}
	}
	for _, n := range []int{1, 2, 4} {
		computed := average(min(n, runtime.NumCPU()), 20, func() { primes.Nth(nth) }) // cores that share caches are slower together
		items := slices.Repeat([]int{nth}, 200)
		s := here(c, n, len(items), computed, true)
		if err := compare(out, nodes, cluster.Config{Processes: n}, tasks.Nth, items, "compute "+round(computed).String(), n, s); err != nil {
			return err
		}
	}
	fmt.Fprintln(out)
	return nil
}

// average is how long something takes, done so often by so many at a time.
func average(atOnce, times int, do func()) time.Duration {
	var all sync.WaitGroup
	began := time.Now()
	for range atOnce {
		all.Go(func() {
			for range times {
				do()
			}
		})
	}
	all.Wait()
	return time.Since(began) / time.Duration(times)
}

// compare prints a row: the median of three runs, and the simulation.
func compare(out io.Writer, nodes *cluster.Nodes, config cluster.Config, task *process.Task[int, int], items []int, name string, workers int, s system) error {
	c, _, err := open(nodes, config, nil)
	if err != nil {
		return err
	}
	defer c.Close()
	var runs []time.Duration
	for range 3 {
		began := time.Now()
		if _, err := cluster.Map(context.Background(), c, items, task, cluster.ChunkSize(1)); err != nil {
			return err
		}
		runs = append(runs, time.Since(began))
	}
	slices.Sort(runs)
	measured, simulated := runs[1], simulate(s).Elapsed
	fmt.Fprintf(out, "| %s | %d | %d | %v | %v | %+.0f%% |\n", name, workers, len(items),
		measured.Round(time.Millisecond), simulated.Round(time.Millisecond), 100*(simulated.Seconds()/measured.Seconds()-1))
	return nil
}
