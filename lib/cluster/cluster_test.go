package cluster

import (
	"context"
	"errors"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"multiprocessing/lib/cluster/internal/jetstream"
	"multiprocessing/lib/process"
)

func TestGoroutinesAndProcessesGiveTheAnswersOfSerial(t *testing.T) {
	for name, config := range map[string]Config{
		"goroutines":                {},
		"one goroutine":             {Workers: 1},
		"processes":                 {Processes: 2},
		"processes with goroutines": {Processes: 2, Workers: 2},
	} {
		t.Run(name, func(t *testing.T) {
			c := mustOpen(t, config)
			for _, n := range []int{0, 1, 2, 100, 10_000} {
				wantDoubles(t, mustMap(t, c, upTo(n), double), n)
			}
			wantDoubles(t, mustMap(t, c, upTo(500), double, ChunkSize(1)), 500)
		})
	}
}

func TestManyMapsAtOnceDoNotMixTheirResults(t *testing.T) {
	c := mustOpen(t, Config{Workers: 3})
	var callers sync.WaitGroup
	for n := range 20 {
		callers.Go(func() {
			got, err := Map(t.Context(), c, upTo(n*10), double, ChunkSize(1+n%3))
			if err != nil {
				t.Error(err)
			}
			wantDoubles(t, got, n*10)
		})
	}
	callers.Wait()
}

func TestProcessesAreOtherProcesses(t *testing.T) {
	c := mustOpen(t, Config{Processes: 2})
	got := mustMap(t, c, make([]int, 200), pids, ChunkSize(1))
	slices.Sort(got)
	if ids := slices.Compact(got); len(ids) != 2 || slices.Contains(ids, os.Getpid()) {
		t.Errorf("tasks ran in %v, this is %d", ids, os.Getpid())
	}
}

// wantNothingLeft wants the servers to have nothing of any job.
func wantNothingLeft(t *testing.T, c *Cluster) {
	t.Helper()
	c.maps.Wait() // for cleaning
	for _, name := range []string{workStream, doneStream} {
		s, err := c.raw(t).Stream(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		if left := s.CachedInfo().State.Msgs; left > 0 {
			t.Errorf("%s has %d messages", name, left)
		}
	}
}

func TestNothingIsLeftOfAJobOrOfTheServer(t *testing.T) {
	c := mustOpen(t, Config{Processes: 2})
	mustMap(t, c, upTo(1000), double, ChunkSize(7))
	wantNothingLeft(t, c)
	folder := c.server.folder.Path
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(folder); err == nil {
		t.Errorf("%s is still there", folder)
	}
}

func TestATaskThatPanicsIsAnErrorWithItsItemAndStackAndTheClusterGoesOn(t *testing.T) {
	c := mustOpen(t, Config{Processes: 1, Workers: 2})
	_, err := Map(t.Context(), c, upTo(100), explodes, ChunkSize(5))
	var p *PanicError
	if !errors.As(err, &p) || p.Item != 17 || p.Task != "explodes" || p.Value != "no 17" || !strings.Contains(p.Stack, "explode(") {
		t.Errorf("got %v", err)
	}
	_, err = Map(t.Context(), c, upTo(3), goexits)
	if !errors.As(err, &p) || !strings.Contains(p.Value, "runtime.Goexit") {
		t.Errorf("got %v", err)
	}
	wantDoubles(t, mustMap(t, c, upTo(100), double), 100)
}

func TestValuesThatCannotBeEncodedAreAnErrorThatNamesThem(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1})
	_, err := Map(t.Context(), c, []int{1, 5, 2}, anything, ChunkSize(1))
	if err == nil || !strings.Contains(err.Error(), `item 1: its result cannot be sent: gob: type not registered`) {
		t.Errorf("got %v", err)
	}
	_, err = Map(t.Context(), c, []any{1, unregistered{}}, accepts, ChunkSize(2))
	if err == nil || !strings.Contains(err.Error(), `item 1: it cannot be sent: gob: type not registered`) {
		t.Errorf("got %v", err)
	}
}

func TestAMapEndsWhenItsContextDoesAndSaysHowFarItWas(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1})
	ctx, cancel := context.WithCancelCause(t.Context())
	_, err := Map(ctx, c, make([]int, 5000), pids, ChunkSize(1), Progress(func(done, items int) {
		if done == 20 {
			cancel(errors.New("enough"))
		}
	}))
	if err == nil || !strings.Contains(err.Error(), "of 5000 items were done: enough") {
		t.Errorf("got %v", err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer stop()
	if _, err = Map(ctx, c, make([]int, 5000), pids, ChunkSize(1)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	wantDoubles(t, mustMap(t, c, upTo(100), double), 100)
}

func TestProgressCountsEveryItemOnce(t *testing.T) {
	c := mustOpen(t, Config{Workers: 2})
	last := 0
	mustMap(t, c, upTo(100), double, ChunkSize(7), Progress(func(done, items int) {
		if done <= last || items != 100 {
			t.Errorf("after %d came %d of %d", last, done, items)
		}
		last = done
	}))
	if last != 100 {
		t.Errorf("the last was %d", last)
	}
}

func TestTheTraceHasEveryItemOnceAndTheWorkersNumbers(t *testing.T) {
	for name, config := range map[string]Config{"goroutines": {Workers: 3}, "processes": {Processes: 3}} {
		c := mustOpen(t, config)
		var trace []Span
		begin := time.Now()
		mustMap(t, c, make([]int, 100), pids, ChunkSize(3), Trace(&trace))
		elapsed := time.Since(begin)
		seen := make([]bool, 100)
		for i, s := range trace {
			if s.Worker < 1 || s.Worker > 3 || s.End < s.Start || s.End > elapsed || i > 0 && s.Start < trace[i-1].Start {
				t.Errorf("%s: %+v after %v", name, s, elapsed)
			}
			for n := s.First; n < s.First+s.Items; n++ {
				if seen[n] {
					t.Errorf("%s: item %d is there twice", name, n)
				}
				seen[n] = true
			}
		}
		if slices.Contains(seen, false) {
			t.Errorf("%s: items are missing", name)
		}
	}
}

func TestNoMoreIsOnItsWayThanThereIsRoomFor(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1})
	path := gate(t)
	var most uint64
	waiting := func() uint64 {
		s, err := c.raw(t).Stream(t.Context(), workStream)
		if err != nil {
			t.Error(err)
			return 0
		}
		return s.CachedInfo().State.Msgs
	}
	var caller sync.WaitGroup
	caller.Go(func() {
		items := slices.Repeat([]string{path}, jetstream.MaxChunks*3/2)
		if got := mustMap(t, c, items, gates, ChunkSize(1)); len(got) != len(items) {
			t.Errorf("got %d", len(got))
		}
	})
	awaitFile(path + ".begun")
	for most < jetstream.MaxChunks*9/10 { // until there is room for few more
		most = max(most, waiting())
	}
	time.Sleep(50 * time.Millisecond) // those that come in spite of it would be there by now
	if most = max(most, waiting()); most > jetstream.MaxChunks {
		t.Errorf("%d chunks are on their way, there is room for %d", most, jetstream.MaxChunks)
	}
	appendTo(path, "open")
	caller.Wait()
}

func TestCloseWaitsForTheMapThatIsRunning(t *testing.T) {
	c := mustOpen(t, Config{Processes: 1})
	path := gate(t)
	var caller sync.WaitGroup
	caller.Go(func() {
		if got, err := Map(t.Context(), c, []string{path}, gates); err != nil || got[0] != path {
			t.Errorf("got %v, %v", got, err)
		}
	})
	awaitFile(path + ".begun")
	caller.Go(func() { appendTo(path, "open") })
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	caller.Wait()
}

func TestClosingTwiceIsHarmless(t *testing.T) {
	c := mustOpen(t, Config{Workers: 1})
	var closers sync.WaitGroup
	for range 5 {
		closers.Go(func() {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	closers.Wait()
	if err := (*Cluster)(nil).Close(); err != nil {
		t.Error(err)
	}
	if err := (*Nodes)(nil).Close(); err != nil {
		t.Error(err)
	}
}

func TestAConfigThatMakesNoSenseIsAnError(t *testing.T) {
	for want, config := range map[string]Config{
		"got Workers -1 and Processes 0; both must be from 0 to 1024":                                                         {Workers: -1},
		"got Workers 0 and Processes 5000; both must be from 0 to 1024":                                                       {Processes: 5000},
		"Token, Credentials and CA are for a server elsewhere; give its URL, too":                                             {Token: "x"},
		`URL "http://x": want nats://host:port or tls://host:port`:                                                            {URL: "http://x"},
		`URL "tls://": want nats://host:port or tls://host:port`:                                                              {URL: "nats://localhost,tls://"},
		"there are both a Token and Credentials; give one of them":                                                            {URL: "nats://x", Token: "t", Credentials: "c"},
		`URL "nats://x:4": a token would be readable on the way to another machine; use tls:// or Credentials`:                {URL: "nats://x:4", Token: "t"},
		`URL "…@10.0.0.1:4": a token would be readable on the way to another machine; use tls:// or Credentials`:              {URL: "nats://secret@10.0.0.1:4"},
		`URL "nats://127.0.0.1.evil.com": a token would be readable on the way to another machine; use tls:// or Credentials`: {URL: "nats://127.0.0.1.evil.com", Token: "t"},
	} {
		c, err := Open(t.Context(), config)
		if err == nil || err.Error() != "cluster: Open: "+want {
			t.Errorf("%+v: got %v, want %s", config, err, want)
		}
		c.Close()
	}
}

func TestOpenEndsWithItsContextAndIsNotBoundToItLater(t *testing.T) {
	mute, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	ctx, cancel := context.WithCancelCause(t.Context())
	go func() {
		if conn, err := mute.Accept(); err == nil {
			defer conn.Close()
			cancel(errors.New("enough"))
			conn.Read(make([]byte, 1)) // until the client hangs up
		}
	}()
	wantEnough := func(err error) {
		t.Helper()
		if err == nil || !strings.HasPrefix(err.Error(), "cluster: ") || !strings.Contains(err.Error(), "enough") {
			t.Errorf("got %v", err)
		}
	}
	_, err = Open(ctx, Config{URL: "nats://" + mute.Addr().String()})
	wantEnough(err)
	_, err = Open(ctx, Config{Workers: 1})
	wantEnough(err)
	_, err = StartNodes(ctx, 1)
	wantEnough(err)

	ctx, end := context.WithCancel(t.Context())
	c, err := Open(ctx, Config{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	end()
	wantDoubles(t, mustMap(t, c, upTo(10), double), 10)
}

func TestMisusePanicsWithAClearMessage(t *testing.T) {
	open, closed := mustOpen(t, Config{Workers: 1}), mustOpen(t, Config{Workers: 1})
	closed.Close()
	var none context.Context
	for want, misuse := range map[string]func(){
		"cluster: Map: the task must not be nil or zero; make it with process.Register":             func() { Map[int, int](t.Context(), open, upTo(3), nil) },
		"cluster: Map: the task must not be nil or zero; make it with process.Register ":            func() { Map(t.Context(), open, upTo(3), new(process.Task[int, int])) },
		"cluster: Map: the cluster must not be nil or zero; make it with Open":                      func() { Map(t.Context(), nil, upTo(3), double) },
		"cluster: Map: the cluster must not be nil or zero; make it with Open ":                     func() { Map(t.Context(), new(Cluster), upTo(3), double) },
		"cluster: Map: the cluster is closed; call Map before Close, or open a new one":             func() { Map(t.Context(), closed, upTo(3), double) },
		"cluster: DeleteJob: the cluster is closed; call DeleteJob before Close, or open a new one": func() { closed.DeleteJob(t.Context(), "x") },
		"cluster: DeleteJob: the name must be 1 to 64 letters, digits, - and _, got \"a b\"":        func() { open.DeleteJob(t.Context(), "a b") },
		"cluster: DeleteJob: ctx must not be nil; pass context.Background()":                        func() { open.DeleteJob(none, "x") },
		"cluster: ChunkSize: the number of items must be from 1 to 16777216, got 0":                 func() { ChunkSize(0) },
		"cluster: Trace: into must not be nil":                                                      func() { Trace(nil) },
		"cluster: Map: ctx must not be nil; pass context.Background()":                              func() { Map(none, open, upTo(3), double) },
		"cluster: Progress: report must not be nil":                                                 func() { Progress(nil) },
		"cluster: Job: the name must be 1 to 64 letters, digits, - and _, got \"a.b\"":              func() { Job("a.b") },
		"cluster: MaxAttempts: the number must be from 1 to 100, got 0":                             func() { MaxAttempts(0) },
		"cluster: ChunkTimeout: the time must be above 0, got 0s":                                   func() { ChunkTimeout(0) },
		"cluster: StartNodes: the number must be 1, or from 3 to 9, got 2":                          func() { StartNodes(t.Context(), 2) },
	} {
		if got := panicOf(misuse); got != strings.TrimSpace(want) {
			t.Errorf("panic value is %v, want %q", got, want)
		}
	}
}

func panicOf(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}
