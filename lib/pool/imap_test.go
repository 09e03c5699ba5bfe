package pool_test

import (
	"context"
	"iter"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"

	"multiprocessing/lib/pool"
)

// counting yields 0, 1, 2 and so on without end, and counts what was read.
func counting(read *int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for n := 0; yield(n); n++ {
			*read = n + 1
		}
	}
}

func TestImapGivesResultsInOrderAndImapUnorderedWithTheirNumber(t *testing.T) {
	for _, workers := range []int{1, 3} {
		p := pool.New(workers)
		for _, n := range []int{0, 1, 2, 5, 100} {
			for _, chunk := range []int{1, 2, 7, 1000} {
				wantDoubles(t, slices.Collect(pool.Imap(p, slices.Values(upTo(n)), double, pool.Chunk(chunk))), n)
				got := make([]int, n)
				for i, r := range pool.ImapUnordered(p, slices.Values(upTo(n)), double, pool.Chunk(chunk)) {
					got[i] += r + 1
				}
				wantDoubles(t, pool.Map(p, got, func(r int) int { return r - 1 }), n)
			}
		}
		p.Close()
	}
}

func TestALoopOverImapMayBeRunTwice(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	loop := pool.Imap(p, slices.Values(upTo(10)), double)
	wantDoubles(t, slices.Collect(loop), 10)
	wantDoubles(t, slices.Collect(loop), 10)
}

func TestImapReadsNoFurtherAheadThanTwoChunksAWorker(t *testing.T) {
	p := pool.New(3)
	defer p.Close()
	read, taken := 0, 0
	for range pool.Imap(p, counting(&read), double, pool.Chunk(5)) {
		if taken++; taken == 100 {
			break
		}
		if read > taken+3*2*5+5 {
			t.Fatalf("%d items read when %d results were taken", read, taken)
		}
	}
	for i := range pool.ImapUnordered(p, counting(&read), double) {
		if i > 100 {
			break
		}
	}
}

func TestLeavingTheLoopAbandonsWhatHasNotBegunAndWaitsForTheRest(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	var running atomic.Int32
	task := func(n int) int {
		running.Add(1)
		runtime.Gosched()
		running.Add(-1)
		return n
	}
	for range 50 {
		read := 0
		for range pool.Imap(p, counting(&read), task) {
			break
		}
		for range pool.ImapUnordered(p, counting(&read), task) {
			break
		}
		if running.Load() != 0 {
			t.Fatal("a task outlives the loop")
		}
	}
}

func TestLeavingTheLoopDoesNotWaitForWorkersThatAreBusyElsewhere(t *testing.T) {
	p := pool.New(1)
	defer p.Close()
	begun, gate := make(chan bool), make(chan bool)
	for range pool.Imap(p, slices.Values(upTo(10)), double) {
		busy := pool.ApplyAsync(p, 0, func(int) int { close(begun); <-gate; return 0 })
		defer busy.Get(context.Background())
		defer close(gate)
		pool.ApplyAsync(p, 0, double) // queued behind it
		break
	}
}

func TestAPanicInATaskIsRaisedInTheLoopWhereItsResultWouldHaveCome(t *testing.T) {
	p := pool.New(3)
	defer p.Close()
	for range 20 {
		read, taken := 0, 0
		value := mustPanic(t, func() {
			for range pool.Imap(p, counting(&read), explode) {
				taken++
			}
		})
		if got, ok := value.(*pool.Panic); !ok || got.Value != "boom" || taken != 70 {
			t.Fatalf("after %d results: %v", taken, value)
		}
		mustPanic(t, func() {
			for range pool.ImapUnordered(p, counting(&read), explode) {
			}
		})
	}
	wantDoubles(t, pool.Map(p, upTo(100), double), 100)
}

func TestAPanicInTheLoopOrInTheItemsLeavesNothingBehind(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	read := 0
	if value := mustPanic(t, func() {
		for range pool.Imap(p, counting(&read), double) {
			panic("in the loop")
		}
	}); value != "in the loop" {
		t.Errorf("panic value is %v", value)
	}
	if value := mustPanic(t, func() {
		for range pool.ImapUnordered(p, func(yield func(int) bool) { yield(1); panic("in the items") }, double) {
		}
	}); value != "in the items" {
		t.Errorf("panic value is %v", value)
	}
	wantDoubles(t, pool.Map(p, upTo(100), double), 100)
}

func TestATaskMayLoopOverImapOfItsOwnPool(t *testing.T) {
	for _, workers := range []int{1, 2, 5} {
		p := pool.New(workers)
		got := pool.Map(p, upTo(20), func(n int) int {
			sum := 0
			for r := range pool.Imap(p, slices.Values([]int{n, n}), double) {
				sum += r
			}
			for _, r := range pool.ImapUnordered(p, slices.Values([]int{n, n, n}), double) {
				sum += r
			}
			return sum / 5
		}, pool.Chunk(1))
		wantDoubles(t, got, 20)
		p.Close()
	}
}

func TestAResultThatIsReadyDoesNotWaitForASlowerOneBeforeIt(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	gate := make(chan bool)
	for i := range pool.ImapUnordered(p, slices.Values(upTo(2)), func(n int) int {
		if n == 0 {
			<-gate
		}
		return n
	}) {
		if i == 1 {
			close(gate) // else it hangs
		}
	}
}

func TestTheItemsOfImapEndAfterTheTasks(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	leave := map[string]func(loop iter.Seq[int]){
		"break": func(loop iter.Seq[int]) {
			for range loop {
				break
			}
		},
		"panic": func(loop iter.Seq[int]) {
			mustPanic(t, func() {
				for range loop {
					panic("in the loop")
				}
			})
		},
	}
	for how, leave := range leave {
		for range 100 {
			var ended atomic.Bool
			items := func(yield func(int) bool) {
				defer ended.Store(true)
				for n := 0; yield(n); n++ {
				}
			}
			leave(pool.Imap(p, items, func(n int) int {
				for range n * 10 {
					runtime.Gosched()
				}
				if ended.Load() {
					t.Errorf("%s: the items have ended while task %d runs", how, n)
				}
				return n
			}))
		}
	}
}
