package main

import (
	"math"
	"testing"
	"time"
)

// plain is a system that costs nothing beside its tasks.
func plain() system {
	return system{Workers: 1, Clients: 1, Window: 1024, Chunks: 1000, Chunk: 10 * time.Millisecond, AckWait: 5 * time.Second, Restart: time.Second}
}

func wantAbout(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.Abs(got/want-1) > within {
		t.Errorf("%s is %v, want %v within %v%%", what, got, want, 100*within)
	}
}

func TestWithoutCostsTheSpeedupIsTheWorkers(t *testing.T) {
	for _, n := range []int{1, 10, 1000} {
		s := plain()
		s.Workers, s.Chunks = n, 20*n
		wantAbout(t, "speedup", simulate(s).Speedup(), float64(n), 1e-9)
	}
}

func TestOneAfterTheOtherEachChunkTakesItsWholeWay(t *testing.T) {
	s := plain()
	s.costs = costs{Client: 20 * time.Microsecond, Server: 30 * time.Microsecond, Worker: 50 * time.Microsecond, Latency: 200 * time.Microsecond}
	s.Window = 1
	wantAbout(t, "time", simulate(s).Elapsed.Seconds(), 1000*10.3e-3, 1e-9)
}

func TestTheServerLimitsHowManyChunksThereAreInASecond(t *testing.T) {
	s := plain()
	s.costs.Server = 90 * time.Microsecond
	s.Workers, s.Chunks = 1000, 100_000
	o := simulate(s)
	wantAbout(t, "time a chunk", o.Elapsed.Seconds()/1e5, 90e-6, 0.01)
	wantAbout(t, "busy part of the server", o.Server, 1, 0.01)
}

func TestSoDoesTheClientAndMoreClientsHelp(t *testing.T) {
	s := plain()
	s.costs.Client = 100 * time.Microsecond
	s.Workers, s.Chunks = 1000, 50_000
	wantAbout(t, "time a chunk", simulate(s).Elapsed.Seconds()/5e4, 100e-6, 0.01)
	s.Clients = 5
	wantAbout(t, "time a chunk of five clients", simulate(s).Elapsed.Seconds()/5e4, 20e-6, 0.02)
}

func TestNoMoreWorkersAreBusyThanAMapHasChunksOnTheWay(t *testing.T) {
	s := plain()
	s.Workers, s.Window, s.Chunks = 100, 10, 1000
	wantAbout(t, "speedup", simulate(s).Speedup(), 10, 1e-9)
}

func TestTasksThatComputeShareTheCoresAndThoseThatWaitDoNot(t *testing.T) {
	s := plain()
	s.Workers, s.Cores = 8, 2
	wantAbout(t, "speedup of tasks that wait", simulate(s).Speedup(), 8, 1e-9)
	s.Compute = true
	wantAbout(t, "speedup of tasks that compute", simulate(s).Speedup(), 2, 1e-9)
}

func TestADeadWorkersChunkIsDoneAgainAndNoneIsMissing(t *testing.T) {
	s := plain()
	s.Workers, s.Chunks, s.Chunk, s.Lifetime = 10, 2000, time.Second, 100*time.Second
	o := simulate(s)
	// Of chunks of 1 s about 1 in 100 meets a death; each costs a half of it, and a second without the worker.
	wantAbout(t, "deaths", float64(o.Deaths), 20, 0.4)
	if o.Speedup() >= 10 || o.Speedup() < 9 {
		t.Errorf("speedup is %v, want a little below 10", o.Speedup())
	}
	wantAbout(t, "work", o.Work.Seconds(), 2000, 1e-9)
}

func TestSignsOfLifeLoadTheServer(t *testing.T) {
	s := plain()
	s.Workers, s.Chunks, s.Chunk, s.Alive = 100, 200, 9*time.Second, time.Millisecond
	// Every 5/3 s: 5 within a chunk, so 500 ms of the server's time in each 9 s.
	wantAbout(t, "busy part of the server", simulate(s).Server, 0.5/9, 0.01)
}

func TestTheSameSystemTakesTheSameTime(t *testing.T) {
	s := plain()
	s.Workers, s.Spread, s.Lifetime = 7, 0.5, time.Second
	if a, b := simulate(s), simulate(s); a != b {
		t.Errorf("got %+v, then %+v", a, b)
	}
}
