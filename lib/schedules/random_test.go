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

// world is what a random program works with.
type world struct {
	v      [2]schedules.Var[int]
	a      schedules.Int64
	mu     [2]schedules.Mutex
	rw     schedules.RWMutex
	once   schedules.Once
	wg     schedules.WaitGroup
	cond   *schedules.Cond
	direct *schedules.Chan[int]
	buffer *schedules.Chan[int]

	children []string // what goroutines that others have started saw
}

// instruction is one thing that a goroutine of a random program does. What it sees goes to the log.
type instruction struct {
	text string
	do   func(w *world, id int, log func(...any))
}

// repertoire is what random programs consist of; "Lock" and others come in pairs, so that most programs end.
var repertoire = [][]instruction{
	{{"read", func(w *world, _ int, log func(...any)) { log(w.v[0].Get()) }}},
	{{"write", func(w *world, id int, _ func(...any)) { w.v[0].Set(id) }}},
	{{"write2", func(w *world, id int, _ func(...any)) { w.v[1].Set(w.v[0].Get() + id) }}},
	{{"add", func(w *world, id int, log func(...any)) { log(w.a.Add(int64(id))) }}},
	{{"load", func(w *world, _ int, log func(...any)) { log(w.a.Load()) }}},
	{{"cas", func(w *world, id int, log func(...any)) { log(w.a.CompareAndSwap(0, int64(id))) }}},
	{{"lock", func(w *world, _ int, _ func(...any)) { w.mu[0].Lock() }}, {"unlock", func(w *world, _ int, _ func(...any)) { w.mu[0].Unlock() }}},
	{{"lock1", func(w *world, _ int, _ func(...any)) { w.mu[1].Lock() }}, {"unlock1", func(w *world, _ int, _ func(...any)) { w.mu[1].Unlock() }}},
	{{"trylock", func(w *world, _ int, log func(...any)) {
		ok := w.mu[0].TryLock()
		log(ok)
		if ok {
			w.mu[0].Unlock()
		}
	}}},
	{{"rlock", func(w *world, _ int, _ func(...any)) { w.rw.RLock() }}, {"runlock", func(w *world, _ int, _ func(...any)) { w.rw.RUnlock() }}},
	{{"wlock", func(w *world, _ int, _ func(...any)) { w.rw.Lock() }}, {"wunlock", func(w *world, _ int, _ func(...any)) { w.rw.Unlock() }}},
	{{"runlock", func(w *world, _ int, _ func(...any)) { w.rw.RUnlock() }}},
	{{"unlock", func(w *world, _ int, _ func(...any)) { w.mu[0].Unlock() }}},
	{{"once", func(w *world, id int, _ func(...any)) { w.once.Do(func() { w.v[1].Set(10 + id) }) }}},
	{{"wg.Add", func(w *world, _ int, _ func(...any)) { w.wg.Add(1) }}, {"wg.Done", func(w *world, _ int, _ func(...any)) { w.wg.Done() }}},
	{{"wg.Wait", func(w *world, _ int, _ func(...any)) { w.wg.Wait() }}},
	{{"wg.Done", func(w *world, _ int, _ func(...any)) { w.wg.Done() }}},
	{{"send", func(w *world, id int, _ func(...any)) { w.direct.Send(id) }}},
	{{"recv", func(w *world, _ int, log func(...any)) { log(w.direct.Recv2()) }}},
	{{"bsend", func(w *world, id int, _ func(...any)) { w.buffer.Send(id) }}},
	{{"brecv", func(w *world, _ int, log func(...any)) { log(w.buffer.Recv2()) }}},
	{{"blen", func(w *world, _ int, log func(...any)) { log(w.buffer.Len()) }}},
	{{"close", func(w *world, _ int, _ func(...any)) { w.buffer.Close() }}},
	{{"closed", func(w *world, _ int, _ func(...any)) { w.direct.Close() }}},
	{{"select", func(w *world, id int, log func(...any)) {
		var got int
		n := schedules.Select(w.direct.OnRecv(&got, nil), w.buffer.OnRecv(&got, nil))
		log(n, got)
	}}},
	{{"select2", func(w *world, id int, log func(...any)) {
		var got int
		n := schedules.Select(w.direct.OnSend(id), w.buffer.OnRecv(&got, nil))
		log(n, got)
	}}},
	{{"try", func(w *world, id int, log func(...any)) {
		var got int
		n := schedules.TrySelect(w.direct.OnRecv(&got, nil), w.buffer.OnSend(id))
		log(n, got)
	}}},
	{{"cond.Wait", func(w *world, _ int, _ func(...any)) {
		w.cond.L.Lock()
		if w.v[1].Get() == 0 {
			w.cond.Wait()
		}
		w.cond.L.Unlock()
	}}},
	{{"cond.Signal", func(w *world, id int, _ func(...any)) {
		w.cond.L.Lock()
		w.v[1].Set(1)
		w.cond.L.Unlock()
		w.cond.Signal()
	}}},
	{{"spin", func(w *world, _ int, log func(...any)) {
		for range 2 {
			log(w.a.Load())
			schedules.Gosched()
		}
	}}},
	{{"spin on TryLock", func(w *world, _ int, log func(...any)) {
		for !w.mu[0].TryLock() {
			schedules.Gosched()
		}
		log("locked")
		w.mu[0].Unlock()
	}}},
	{{"after", func(w *world, id int, log func(...any)) {
		var got int
		n := schedules.Select(schedules.After(1).OnRecv(nil, nil), w.buffer.OnRecv(&got, nil))
		log(n, got)
	}}},
	{{"timer", func(w *world, id int, log func(...any)) {
		t := schedules.AfterFunc(2, func() { w.v[0].Set(7) })
		log(w.v[0].Get())
		log(t.Stop())
	}}},
	{{"go", func(w *world, id int, _ func(...any)) {
		schedules.Go(func() { w.children = append(w.children, fmt.Sprint(id, w.v[0].Get())) })
	}}},
}

// randomProgram returns a program, its text, and where its last outcome is.
func randomProgram(r *rand.Rand) (body func(), source string, outcome func() string) {
	lanes, source := randomLanes(r)
	body, outcome = assemble(lanes)
	return body, source, outcome
}

// randomLanes returns what each goroutine of a random program does.
func randomLanes(r *rand.Rand) (lanes [][]instruction, source string) {
	lanes = make([][]instruction, 2+r.IntN(2))
	some := make([]int, 2+r.IntN(3)) // few kinds of instructions in a program, so that they meet
	for i := range some {
		some[i] = r.IntN(len(repertoire))
	}
	for i := range lanes {
		for range 1 + r.IntN(3) {
			group := repertoire[some[r.IntN(len(some))]]
			at := r.IntN(len(lanes[i]) + 1)
			lanes[i] = slices.Insert(lanes[i], at, group[0])
			if len(group) > 1 {
				lanes[i] = slices.Insert(lanes[i], at+1+r.IntN(len(lanes[i])-at), group[1])
			}
		}
	}
	var text []string
	for _, lane := range lanes {
		var parts []string
		for _, in := range lane {
			parts = append(parts, in.text)
		}
		text = append(text, strings.Join(parts, " "))
	}
	return lanes, strings.Join(text, " | ")
}

// assemble makes a program of lanes, and a function that tells its last outcome.
func assemble(lanes [][]instruction) (body func(), outcome func() string) {
	var logs [][]string
	var w *world
	run := func(id int) {
		log := func(values ...any) { logs[id] = append(logs[id], fmt.Sprint(values...)) }
		for _, in := range lanes[id] {
			in.do(w, id+1, log)
		}
		log("end")
	}
	body = func() {
		logs = make([][]string, len(lanes))
		w = &world{direct: schedules.NewChan[int](0), buffer: schedules.NewChan[int](1)}
		w.cond = schedules.NewCond(&w.mu[1])
		schedules.SetName("mu0", &w.mu[0])
		schedules.SetName("mu1", &w.mu[1])
		schedules.SetName("direct", w.direct)
		schedules.SetName("buffer", w.buffer)
		for i := 1; i < len(lanes); i++ {
			schedules.Go(func() { run(i) })
		}
		run(0)
	}
	return body, func() string {
		slices.Sort(w.children)
		return fmt.Sprint(logs, w.children)
	}
}

func TestReductionLosesNoOutcome(t *testing.T) {
	checkReduction(t, 200, 1)
}

func checkReduction(t *testing.T, programs int, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 0))
	full, reduced := 0, 0
	for n := 0; n < programs; {
		body, source, outcome := randomProgram(r)
		every, all := schedules.Outcomes(body, outcome, schedules.Runs(1_500), schedules.Unreduced())
		if !all.All {
			continue
		}
		n++
		some, few := schedules.Outcomes(body, outcome, schedules.Runs(300_000)) // a tenth before bounds
		same := maps.Equal(every, some) && few.Schedules == float64(all.Runs) && few.Failed == float64(all.FailedRuns) && few.Wrong == all.Wrong
		if strings.Contains(source, "spin") { // which rounds are left out depends on what others do, so that counts differ
			same = slices.Equal(slices.Sorted(maps.Keys(every)), slices.Sorted(maps.Keys(some)))
		}
		if !few.All || !same {
			t.Fatalf("program %d: %s\n%v schedules, %v fail; without reduction %v, %v fail\noutcomes %v\nwithout reduction %v",
				n, source, few.Schedules, few.Failed, all.Runs, all.FailedRuns, some, every)
		}
		full += all.Runs
		reduced += few.Runs
	}
	t.Logf("%d programs: %d schedules; reduction runs %d", programs, full, reduced)
}

func TestABoundedSearchFindsAllSchedulesWithinItsBound(t *testing.T) {
	checkBound(t, 40, 1, func(r *rand.Rand) (func(), string) {
		body, source, _ := randomProgram(r)
		return body, source
	})
}

func checkBound(t *testing.T, programs int, seed uint64, program func(*rand.Rand) (body func(), source string)) {
	r := rand.New(rand.NewPCG(seed, 0))
	for n := 0; n < programs; {
		body, source := program(r)
		every, all := schedules.Classes(body, schedules.Runs(1_500), schedules.Unreduced())
		if !all.All {
			continue
		}
		n++
		for bound := range 4 {
			want := maps.Clone(every)
			maps.DeleteFunc(want, func(_ uint64, preemptions int) bool { return preemptions > bound })
			found, few := schedules.Classes(body, schedules.Preemptions(bound))
			if !few.All || len(found) != len(want) {
				t.Fatalf("program %d: %s: %d with at most %d preemptions, want %d", n, source, len(found), bound, len(want))
			}
			for class := range found {
				if _, ok := want[class]; !ok {
					t.Fatalf("program %d: %s: found what needs more than %d preemptions", n, source, bound)
				}
			}
		}
	}
}
