package schedules_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"multiprocessing/lib/schedules"
)

// goWorld is a world of Go itself.
type goWorld struct {
	v      [2]int
	a      atomic.Int64
	mu     [2]sync.Mutex
	rw     sync.RWMutex
	once   sync.Once
	wg     sync.WaitGroup
	cond   *sync.Cond
	direct chan int
	buffer chan int

	others   sync.WaitGroup // goroutines that instructions have started
	guard    sync.Mutex
	children []string // guarded by guard
}

// asGo are the instructions of random programs, in Go itself.
var asGo = map[string]func(w *goWorld, id int, log func(...any)){
	"read":    func(w *goWorld, _ int, log func(...any)) { log(w.v[0]) },
	"write":   func(w *goWorld, id int, _ func(...any)) { w.v[0] = id },
	"write2":  func(w *goWorld, id int, _ func(...any)) { w.v[1] = w.v[0] + id },
	"add":     func(w *goWorld, id int, log func(...any)) { log(w.a.Add(int64(id))) },
	"load":    func(w *goWorld, _ int, log func(...any)) { log(w.a.Load()) },
	"cas":     func(w *goWorld, id int, log func(...any)) { log(w.a.CompareAndSwap(0, int64(id))) },
	"lock":    func(w *goWorld, _ int, _ func(...any)) { w.mu[0].Lock() },
	"unlock":  func(w *goWorld, _ int, _ func(...any)) { w.mu[0].Unlock() },
	"lock1":   func(w *goWorld, _ int, _ func(...any)) { w.mu[1].Lock() },
	"unlock1": func(w *goWorld, _ int, _ func(...any)) { w.mu[1].Unlock() },
	"trylock": func(w *goWorld, _ int, log func(...any)) {
		ok := w.mu[0].TryLock()
		log(ok)
		if ok {
			w.mu[0].Unlock()
		}
	},
	"rlock":   func(w *goWorld, _ int, _ func(...any)) { w.rw.RLock() },
	"runlock": func(w *goWorld, _ int, _ func(...any)) { w.rw.RUnlock() },
	"wlock":   func(w *goWorld, _ int, _ func(...any)) { w.rw.Lock() },
	"wunlock": func(w *goWorld, _ int, _ func(...any)) { w.rw.Unlock() },
	"once":    func(w *goWorld, id int, _ func(...any)) { w.once.Do(func() { w.v[1] = 10 + id }) },
	"wg.Add":  func(w *goWorld, _ int, _ func(...any)) { w.wg.Add(1) },
	"wg.Done": func(w *goWorld, _ int, _ func(...any)) { w.wg.Done() },
	"wg.Wait": func(w *goWorld, _ int, _ func(...any)) { w.wg.Wait() },
	"send":    func(w *goWorld, id int, _ func(...any)) { w.direct <- id },
	"recv":    func(w *goWorld, _ int, log func(...any)) { v, ok := <-w.direct; log(v, ok) },
	"bsend":   func(w *goWorld, id int, _ func(...any)) { w.buffer <- id },
	"brecv":   func(w *goWorld, _ int, log func(...any)) { v, ok := <-w.buffer; log(v, ok) },
	"blen":    func(w *goWorld, _ int, log func(...any)) { log(len(w.buffer)) },
	"close":   func(w *goWorld, _ int, _ func(...any)) { close(w.buffer) },
	"closed":  func(w *goWorld, _ int, _ func(...any)) { close(w.direct) },
	"select": func(w *goWorld, _ int, log func(...any)) {
		select {
		case v := <-w.direct:
			log(0, v)
		case v := <-w.buffer:
			log(1, v)
		}
	},
	"select2": func(w *goWorld, id int, log func(...any)) {
		select {
		case w.direct <- id:
			log(0, 0)
		case v := <-w.buffer:
			log(1, v)
		}
	},
	"try": func(w *goWorld, id int, log func(...any)) {
		select {
		case v := <-w.direct:
			log(0, v)
		case w.buffer <- id:
			log(1, 0)
		default:
			log(-1, 0)
		}
	},
	"cond.Wait": func(w *goWorld, _ int, _ func(...any)) {
		w.cond.L.Lock()
		if w.v[1] == 0 {
			w.cond.Wait()
		}
		w.cond.L.Unlock()
	},
	"cond.Signal": func(w *goWorld, _ int, _ func(...any)) {
		w.cond.L.Lock()
		w.v[1] = 1
		w.cond.L.Unlock()
		w.cond.Signal()
	},
	"spin": func(w *goWorld, _ int, log func(...any)) {
		for range 2 {
			log(w.a.Load())
			runtime.Gosched()
		}
	},
	"spin on TryLock": func(w *goWorld, _ int, log func(...any)) {
		for !w.mu[0].TryLock() {
			runtime.Gosched()
		}
		log("locked")
		w.mu[0].Unlock()
	},
	"after": func(w *goWorld, _ int, log func(...any)) {
		select {
		case <-time.After(1):
			log(0, 0)
		case v := <-w.buffer:
			log(1, v)
		}
	},
	"go": func(w *goWorld, id int, _ func(...any)) {
		w.others.Go(func() {
			text := fmt.Sprint(id, w.v[0])
			w.guard.Lock()
			defer w.guard.Unlock()
			w.children = append(w.children, text)
		})
	},
}

// runAsGo runs a program in Go itself, and returns its outcome.
func runAsGo(lanes [][]instruction, r *rand.Rand) string {
	w := &goWorld{direct: make(chan int), buffer: make(chan int, 1)}
	w.cond = sync.NewCond(&w.mu[1])
	logs := make([][]string, len(lanes))
	for id, lane := range lanes {
		pauses := make([]int, len(lane))
		for i := range pauses {
			pauses[i] = r.IntN(4)
		}
		w.others.Go(func() {
			log := func(values ...any) { logs[id] = append(logs[id], fmt.Sprint(values...)) }
			for i, in := range lane {
				for range pauses[i] {
					runtime.Gosched()
				}
				asGo[in.text](w, id+1, log)
			}
			log("end")
		})
	}
	w.others.Wait()
	slices.Sort(w.children)
	return fmt.Sprint(logs, w.children)
}

// hasTwin reports whether Go has the instructions, and no loop goes round more often than the explorer follows.
func hasTwin(lane []instruction) bool {
	spins := 0
	for _, in := range lane {
		if asGo[in.text] == nil {
			return false
		}
		if in.text == "spin" {
			spins++
		}
	}
	return spins < 2
}

// Only programs without a fault are run: the others may not end.
func TestWhatGoDoesIsAmongTheOutcomes(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 0))
	found := 0
	for n := 0; n < 40; {
		lanes, source := randomLanes(r)
		if slices.ContainsFunc(lanes, func(lane []instruction) bool { return !hasTwin(lane) }) {
			continue
		}
		body, outcome := assemble(lanes)
		explored, result := schedules.Outcomes(body, outcome, schedules.Runs(3_000))
		if !result.OK() || !result.All || result.Preemptions >= 0 || len(explored) < 2 {
			continue
		}
		n++
		found += len(explored)
		for range 30 {
			if got := runAsGo(lanes, r); explored[got] == 0 {
				t.Fatalf("%s: Go does %s, which is not among %v", source, got, slices.Collect(maps.Keys(explored)))
			}
		}
	}
	t.Logf("%d outcomes", found)
}
