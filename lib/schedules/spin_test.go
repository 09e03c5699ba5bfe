package schedules_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"multiprocessing/lib/schedules"
)

// yard is what a random program with loops that wait works with.
type yard struct {
	plain  bool // loops do not call Gosched, and give up after rounds
	flag   [2]schedules.Int64
	held   schedules.Bool
	mu     schedules.Mutex
	rw     schedules.RWMutex
	data   schedules.Var[int]
	direct *schedules.Chan[int]
	buffer *schedules.Chan[int]
	ctx    schedules.Context
	cancel schedules.CancelFunc
}

// rounds is after how many a plain loop gives up: more than there are changes to wait for in these programs.
const rounds = 3

const gaveUp = "gave up"

// await goes round until done. In a plain program that is Go without Gosched: every number of rounds is explored.
func (y *yard) await(done func() bool) {
	for i := 0; !done(); i++ {
		switch {
		case y.plain && i == rounds:
			panic(gaveUp)
		case !y.plain:
			schedules.Gosched()
		}
	}
}

type yieldingStep struct {
	name string
	do   func(y *yard, id int) any
}

// yielding are the steps of random programs with loops that wait. What they return goes to the log: not how often a loop
// went round.
var yielding = []yieldingStep{
	{"set 0", func(y *yard, id int) any { return y.flag[0].Swap(int64(id)) }},
	{"clear 0", func(y *yard, _ int) any { return y.flag[0].Swap(0) }},
	{"swap 1", func(y *yard, id int) any { return y.flag[1].Swap(int64(id)) }},
	{"read 0", func(y *yard, _ int) any { return y.flag[0].Load() }},
	{"write", func(y *yard, id int) any { y.data.Set(id); return nil }},
	{"read", func(y *yard, _ int) any { return y.data.Get() }},
	{"await 0", func(y *yard, _ int) any {
		y.await(func() bool { return y.flag[0].Load() > 0 })
		return y.flag[0].Load()
	}},
	{"await 1", func(y *yard, _ int) any {
		y.await(func() bool { return y.flag[1].Load() > 0 })
		return y.flag[1].Load()
	}},
	{"await either", func(y *yard, _ int) any {
		y.await(func() bool { return y.flag[0].Load() > 0 || y.flag[1].Load() > 0 })
		return y.flag[1].Load()
	}},
	{"await data", func(y *yard, _ int) any { y.await(func() bool { return y.data.Get() > 0 }); return y.data.Get() }},
	{"await data under a lock", func(y *yard, _ int) any {
		got := 0
		y.await(func() bool {
			y.mu.Lock()
			defer y.mu.Unlock()
			got = y.data.Get()
			return got > 0
		})
		return got
	}},
	{"await data under a read lock", func(y *yard, _ int) any {
		got := 0
		y.await(func() bool {
			y.rw.RLock()
			defer y.rw.RUnlock()
			got = y.data.Get()
			return got > 0
		})
		return got
	}},
	{"write under a lock", func(y *yard, id int) any { y.mu.Lock(); y.data.Set(id); y.mu.Unlock(); return nil }},
	{"TryLock", func(y *yard, id int) any {
		y.await(y.mu.TryLock)
		defer y.mu.Unlock()
		defer y.data.Set(id)
		return y.data.Get()
	}},
	{"TryRLock", func(y *yard, _ int) any {
		y.await(y.rw.TryRLock)
		defer y.rw.RUnlock()
		return y.flag[1].Load()
	}},
	{"write lock", func(y *yard, id int) any { y.rw.Lock(); y.flag[1].Store(int64(id)); y.rw.Unlock(); return nil }},
	{"CompareAndSwap", func(y *yard, id int) any {
		y.await(func() bool { return y.held.CompareAndSwap(false, true) })
		was := y.data.Get()
		y.data.Set(id)
		y.held.Store(false)
		return was
	}},
	{"send", func(y *yard, id int) any { y.direct.Send(id); return nil }},
	{"await a message", func(y *yard, _ int) any {
		got := 0
		y.await(func() bool { return schedules.TrySelect(y.direct.OnRecv(&got, nil)) == 0 })
		return got
	}},
	{"put", func(y *yard, id int) any { y.buffer.Send(id); return nil }},
	{"await an item", func(y *yard, _ int) any {
		got := 0
		y.await(func() bool { return schedules.TrySelect(y.buffer.OnRecv(&got, nil)) == 0 })
		return got
	}},
	{"cancel", func(y *yard, _ int) any { y.cancel(); return nil }},
	{"await Err", func(y *yard, _ int) any {
		y.await(func() bool { return y.ctx.Err() != nil })
		return y.flag[0].Load()
	}},
	{"await Done", func(y *yard, _ int) any {
		y.await(func() bool { return schedules.TrySelect(y.ctx.Done().OnRecv(nil, nil)) == 0 })
		return y.flag[0].Load()
	}},
}

// together are steps that belong together, in different goroutines: most of the loops end then.
var together = [][]string{
	{"set 0", "await 0"}, {"set 0", "await 0", "clear 0"}, {"swap 1", "await 1"}, {"swap 1", "await either"}, {"write", "await data"},
	{"write under a lock", "await data under a lock"}, {"write under a lock", "await data under a read lock"}, {"TryLock", "TryLock"},
	{"write lock", "TryRLock"}, {"CompareAndSwap", "CompareAndSwap"}, {"send", "await a message"}, {"put", "await an item"},
	{"cancel", "await Err"}, {"cancel", "await Done"}, {"read"}, {"read 0"}, {"write"}, {"swap 1"},
}

// yieldingProgram returns a random program, with loops that call Gosched and without, its text, and its last outcome.
func yieldingProgram(r *rand.Rand) (waits, plain func(), source string, outcome func() string) {
	lanes := make([][]int, 2+r.IntN(2))
	for range 2 + r.IntN(2) {
		first := r.IntN(len(lanes))
		for i, name := range together[r.IntN(len(together))] {
			lane := &lanes[(first+i)%len(lanes)]
			step := slices.IndexFunc(yielding, func(y yieldingStep) bool { return y.name == name })
			*lane = slices.Insert(*lane, r.IntN(len(*lane)+1), step)
		}
	}
	for _, lane := range lanes {
		for _, step := range lane {
			source += yielding[step].name + ", "
		}
		source += "| "
	}
	var logs [][]any
	body := func(plain bool) func() {
		return func() {
			logs = make([][]any, len(lanes))
			y := &yard{plain: plain, direct: schedules.NewChan[int](0), buffer: schedules.NewChan[int](1)}
			y.ctx, y.cancel = schedules.WithCancel(schedules.Background())
			run := func(i int) {
				for _, n := range lanes[i] {
					logs[i] = append(logs[i], yielding[n].do(y, i+1))
				}
			}
			for i := 1; i < len(lanes); i++ {
				schedules.Go(func() { run(i) })
			}
			run(0)
		}
	}
	return body(false), body(true), source, func() string { return fmt.Sprint(logs) }
}

// ended are the outcomes of schedules in which every loop that waits has ended.
func ended(outcomes map[string]float64) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(outcomes)), func(outcome string) bool {
		return strings.Contains(outcome, gaveUp) || strings.Contains(outcome, "waits in a loop")
	})
}

// TestLoopsThatWaitLoseNoOutcome compares programs whose loops call Gosched with every schedule of the same programs
// without: one in which a loop goes round up to three times, whatever it sees.
func TestLoopsThatWaitLoseNoOutcome(t *testing.T) { checkLoops(t, 12, 1) }

func checkLoops(t *testing.T, programs int, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 0))
	several, loops := 0, 0
	for n := 0; n < programs; {
		waits, plain, source, outcome := yieldingProgram(r)
		every, all := schedules.Outcomes(plain, outcome, schedules.Runs(2_000), schedules.Unreduced())
		if !all.All || !strings.Contains(source, "await") {
			continue
		}
		if r := schedules.Explore(waits, schedules.Runs(10_000)); !r.All || r.Preemptions >= 0 {
			continue // too many schedules, or loops that wait for nobody
		}
		n++
		want := ended(every)
		for name, opts := range map[string][]schedules.Option{
			"with reduction":        {schedules.Runs(50_000)},
			"with 100 preemptions":  {schedules.Runs(50_000), schedules.Preemptions(100)},
			"plain, with reduction": {schedules.Runs(50_000)},
		} {
			body := waits
			if strings.HasPrefix(name, "plain") {
				body = plain
			}
			found, few := schedules.Outcomes(body, outcome, opts...)
			if got := ended(found); !few.All || !slices.Equal(got, want) {
				t.Fatalf("program %d, %s: %s\n%v\noutcomes %q\nof every schedule %q", n, name, source, few, got, want)
			}
			if name == "with reduction" && strings.Contains(few.Covered(), "loop that waits") {
				loops++
			}
		}
		if len(want) > 1 {
			several++
		}
	}
	t.Logf("%d programs: in %d a loop waits, %d have several outcomes", programs, loops, several)
	if several < programs/8 || loops < programs/4 {
		t.Errorf("these programs show too little")
	}
}

// TestABoundedSearchOfLoopsThatWaitFindsAllSchedulesWithinItsBound compares state caching with plain enumeration.
func TestABoundedSearchOfLoopsThatWaitFindsAllSchedulesWithinItsBound(t *testing.T) {
	checkBound(t, 12, 3, func(r *rand.Rand) (func(), string) {
		waits, _, source, _ := yieldingProgram(r)
		return waits, source
	})
}

func TestALoopThatWaitsForNobodyDoesNotEndTheExploration(t *testing.T) {
	r := schedules.Explore(func() {
		ready := schedules.NewVar("ready", 0)
		var stopped schedules.Bool
		var wg schedules.WaitGroup
		wg.Go(func() { ready.Set(1) })
		wg.Go(func() { ready.Set(2) })
		wg.Go(func() { stopped.Store(ready.Get() == 1) })
		for !stopped.Load() {
			schedules.Gosched()
		}
		wg.Wait()
	})
	if !r.All || len(r.Failures) != 1 || r.Failures[0].Kind != schedules.Endless || r.FailedRuns == 0 || r.FailedRuns == r.Runs {
		t.Errorf("%v", r)
	}
	if want := "main waits in a loop for a change that no goroutine makes"; !strings.Contains(r.String(), want) {
		t.Errorf("want %s, got %v", want, r)
	}
}

func TestARoundThatReadsNothingDoesNotWait(t *testing.T) {
	r := schedules.Explore(func() {
		var done schedules.Bool
		schedules.Go(func() { done.Store(true) })
		for range 5 {
			schedules.Sleep(1000)
		}
		schedules.Check(done.Load())
	})
	if len(r.Failures) != 1 || r.Failures[0].Kind != schedules.CheckFailed {
		t.Errorf("it sleeps five times and still comes too early: %v", r)
	}
	r = schedules.Explore(func() {
		for {
			schedules.Gosched()
		}
	})
	if len(r.Failures) != 1 || r.Failures[0].Kind != schedules.Endless || !strings.Contains(r.String(), "reads nothing in between") {
		t.Errorf("it reads nothing: %v", r)
	}
}

func TestAnExplorationThatAnEndlessScheduleEndsDoesNotCoverAll(t *testing.T) {
	r := schedules.Explore(func() {
		var n schedules.Int64
		schedules.Go(func() { n.Add(1) })
		for n.Load() >= 0 {
			n.Add(1)
		}
	})
	if r.All || !strings.Contains(r.Covered(), "not all schedules: one has more than 2,000 steps") {
		t.Errorf("%v", r)
	}
	if steps := len(r.Shortest().Steps); steps != 2000 || r.Shortest().Kind != schedules.Endless {
		t.Errorf("%d steps, %v", steps, r.Shortest().Failure)
	}
}

// polls are loops that wait for a goroutine. Each ends in every schedule.
var polls = map[string]func(){
	"for a close of an unbuffered channel": func() {
		done := schedules.NewChan[bool](0)
		schedules.Go(done.Close)
		for schedules.TrySelect(done.OnRecv(nil, nil)) < 0 {
			schedules.Gosched()
		}
	},
	"for a value of an unbuffered channel": func() {
		c := schedules.NewChan[int](0)
		schedules.Go(func() { c.Send(1) })
		for schedules.TrySelect(c.OnRecv(nil, nil)) < 0 {
			schedules.Sleep(1)
		}
	},
	"for a receiver of an unbuffered channel": func() {
		c := schedules.NewChan[int](0)
		schedules.Go(func() { c.Recv() })
		for schedules.TrySelect(c.OnSend(1)) < 0 {
			schedules.Gosched()
		}
	},
	"for one of two channels, by two goroutines": func() {
		quit, more := schedules.NewChan[bool](0), schedules.NewChan[bool](0)
		poll := func() {
			for schedules.TrySelect(more.OnRecv(nil, nil), quit.OnRecv(nil, nil)) < 0 {
				schedules.Gosched()
			}
		}
		schedules.Go(quit.Close)
		both(poll, poll)
	},
	"for the end of a context": func() {
		ctx, cancel := schedules.WithCancel(schedules.Background())
		schedules.Go(func() { cancel() })
		for schedules.TrySelect(ctx.Done().OnRecv(nil, nil)) < 0 {
			schedules.Gosched()
		}
	},
	"for the error of a context": func() {
		ctx, cancel := schedules.WithCancel(schedules.Background())
		schedules.Go(func() { cancel() })
		for ctx.Err() == nil {
			schedules.Gosched()
		}
	},
	"for the error of the child of a context with a timeout": func() {
		parent, cancel := schedules.WithTimeout(schedules.Background(), 1)
		defer cancel()
		ctx, stop := schedules.WithCancel(parent)
		defer stop()
		for ctx.Err() == nil {
			schedules.Gosched()
		}
	},
}

func TestALoopThatPollsAChannelOrAContextWaits(t *testing.T) {
	for name, body := range polls {
		if r := schedules.Explore(body); !r.OK() || !r.All || r.Preemptions >= 0 {
			t.Errorf("%s: %v", name, r)
		}
	}
}

func TestALoopThatPollsForNobodyIsFound(t *testing.T) {
	r := schedules.Explore(func() {
		ctx, _ := schedules.WithCancel(schedules.Background())
		for ctx.Err() == nil && schedules.TrySelect(ctx.Done().OnRecv(nil, nil)) < 0 {
			schedules.Gosched()
		}
	})
	if want := "main waits in a loop for a change that no goroutine makes"; !r.All || !strings.Contains(r.String(), want) {
		t.Errorf("want %s, got %v", want, r)
	}
}
