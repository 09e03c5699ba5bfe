package sharedmem

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestProcessesAddToTheSameNumber(t *testing.T) {
	const each = 50_000
	v := mustValue(t, 7)
	together(t, each, start(t, "add", v), start(t, "add", v), start(t, "add", v))
	if got := v.Load(); got != 7+3*each {
		t.Errorf("it is %d, want %d", got, 7+3*each)
	}
	f := mustValue(t, 0.25)
	together(t, each, start(t, "add float", f), start(t, "add float", f))
	if got := f.Load(); got != 0.25+each {
		t.Errorf("it is %v, want %v", got, 0.25+each)
	}
}

func TestTheLockLosesNoUpdateOfProcessesAndGoroutines(t *testing.T) {
	const each = 2000
	v := mustValue(t, 0)
	a, b := start(t, "add under the lock", v), start(t, "add under the lock", v)
	var here sync.WaitGroup
	for range 3 {
		here.Go(func() {
			for range each {
				if err := v.Lock(); err != nil {
					t.Error(err)
				}
				v.Store(v.Load() + 1)
				v.Unlock()
			}
		})
	}
	together(t, each, a, b)
	here.Wait()
	if got := v.Load(); got != 5*each {
		t.Errorf("it is %d, want %d", got, 5*each)
	}
}

func TestProcessesFillTheirPartsOfAnArray(t *testing.T) {
	const n = 100_001 // not a multiple of a page
	a := mustArray[float64](t, n)
	var all []*child
	for w := range 3 {
		c := start(t, "fill", a)
		c.tell(w * n / 3)
		c.tell((w + 1) * n / 3)
		all = append(all, c)
	}
	for _, c := range all {
		must(t, c.Wait())
	}
	for i := range n {
		if got := a.Load(i); got != float64(i) {
			t.Fatalf("element %d is %v", i, got)
		}
	}
}

func TestAHolderThatIsKilledHoldsUpNobodyAndTheNextIsTold(t *testing.T) {
	a := mustArray[int](t, 2)
	c := start(t, "hold the lock", a)
	if got := c.line(t); got != "held" {
		t.Fatal(got)
	}
	got := make(chan error)
	go func() { got <- a.Lock() }()
	select {
	case err := <-got:
		t.Fatalf("two hold the lock: %v", err)
	case <-time.After(10 * time.Millisecond):
	}
	c.kill()
	err := <-got
	if !errors.Is(err, ErrOwnerDied) {
		t.Errorf("the next holder is told %v", err)
	}
	if a.Load(0) != 1 || a.Load(1) != 0 {
		t.Error("what the dead holder had changed is not there")
	}
	a.Unlock()
	must(t, a.Lock()) // it is told once
	a.Unlock()
}

func TestTwoNumbersUnderTheLockStayEqualThroughManyDeaths(t *testing.T) {
	a := mustArray[int](t, 2)
	deaths := 0
	for range 10 {
		c, d := start(t, "lock and die in between", a), start(t, "lock and die in between", a)
		before := a.Load(0)
		for a.Load(0) < before+50 {
			runtime.Gosched()
		}
		c.kill()
		d.kill()
		err := a.Lock()
		if errors.Is(err, ErrOwnerDied) {
			deaths++
			a.Store(1, a.Load(0))
		} else if err != nil {
			t.Fatal(err)
		}
		if x, y := a.Load(0), a.Load(1); x != y {
			t.Fatalf("they are %d and %d, and nobody was told", x, y)
		}
		a.Unlock()
	}
	t.Logf("%d of 10 deaths left the lock held", deaths)
}

func TestMemoryOutlivesTheProcessThatMadeIt(t *testing.T) {
	skipWithout(t)
	c := start(t, "own", nil)
	a := receive[Array[int]](c.out)
	defer a.Close()
	c.kill()
	if got := a.Load(2); got != 42 {
		t.Errorf("element 2 is %d", got)
	}
	a.Store(0, 1)
	again := travel(t, a)
	defer again.Close()
	if again.Load(0) != 1 {
		t.Error("it travels on as something else")
	}
}

func TestMemoryWhoseProcessHasEndedCannotBeReached(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("elsewhere a killed process leaves its file behind")
	}
	c := start(t, "own", nil)
	line, err := c.out.ReadString('\n')
	must(t, err)
	c.kill()
	got := fmt.Sprint(mustPanic(t, func() { receiveLine[Array[int]](line) }))
	if !strings.Contains(got, "sharedmem: receiving an array: it was closed, or its process has ended") {
		t.Errorf("it says %s", got)
	}
}

func TestAnArrayThatComesTwiceIsOneMemoryWithTwoUsers(t *testing.T) {
	a := mustArray[int](t, 1)
	b, c := travel(t, a), travel(t, a)
	a.Store(0, 5)
	if b.Load(0) != 5 || b.memory.region != a.memory.region {
		t.Error("they are not the same")
	}
	must(t, b.Close())
	if c.Add(0, 1) != 6 || a.Load(0) != 6 {
		t.Error("closing one has closed another")
	}
	must(t, c.Close())
}

func TestAUseAfterCloseIsAPanicAndNoCrash(t *testing.T) {
	skipWithout(t)
	a, err := NewArray[int](10)
	must(t, err)
	v, err := NewValue(1.5)
	must(t, err)
	for range 2 { // closing again is harmless
		must(t, a.Close())
		must(t, v.Close())
	}
	runtime.GC()
	runtime.GC()
	for operation, use := range map[string]func(){
		"Load":           func() { a.Load(0) },
		"Store":          func() { a.Store(0, 1) },
		"Add":            func() { a.Add(0, 1) },
		"CompareAndSwap": func() { a.CompareAndSwap(0, 0, 1) },
		"View":           func() { a.View(0, 1, func([]int) {}) },
		"Lock":           func() { a.Lock() },
		"Load ":          func() { v.Load() },
		"Store ":         func() { v.Store(1) },
		"Add ":           func() { v.Add(1) },
		"Lock ":          func() { v.Lock() },
	} {
		want := "sharedmem: " + strings.TrimSpace(operation) + ": the memory is closed; use it before Close, or make a new one"
		if got := mustPanic(t, use); got != want {
			t.Errorf("panic value is %v, want %q", got, want)
		}
	}
	_, err = a.GobEncode()
	wantText(t, err, "sharedmem: sending an array: it is closed; send it before Close")
}

func TestCloseWhileOthersUseItCrashesNobody(t *testing.T) {
	skipWithout(t)
	for range 50 {
		a, err := NewArray[int](1000)
		must(t, err)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				defer func() { recover() }() // closed
				for i := 0; ; i++ {
					a.Add(i%1000, 1)
					a.View(0, 1000, func(part []int) { part[999-i%500] += 0 * len(part) })
					if err := a.Lock(); err == nil {
						a.Unlock()
					}
				}
			})
		}
		runtime.Gosched()
		must(t, a.Close())
		runtime.GC()
		wg.Wait()
	}
}

func TestCloseLetsGoOfTheLock(t *testing.T) {
	skipWithout(t)
	a, err := NewArray[int](1)
	must(t, err)
	must(t, a.Lock())
	b := travel(t, a)
	must(t, b.Close())
	must(t, a.Close())
	a.Unlock() // as a deferred one would
}

func TestClosedMemoryIsUnmappedAndItsFileClosed(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs /proc")
	}
	func() {
		for range 20 {
			a, err := NewArray[int](1 << 16)
			must(t, err)
			a.Store(1<<16-1, 1)
			must(t, a.Close())
		}
	}()
	entries, err := os.ReadDir("/proc/self/fd")
	must(t, err)
	for _, e := range entries {
		if to, _ := os.Readlink("/proc/self/fd/" + e.Name()); strings.Contains(to, "memfd:sharedmem") {
			t.Errorf("file %s is still open: %s", e.Name(), to)
		}
	}
	for range 1000 {
		runtime.GC()
		maps, err := os.ReadFile("/proc/self/maps")
		must(t, err)
		if !bytes.Contains(maps, []byte("memfd:sharedmem")) {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Error("memory stays mapped")
}

func TestMisusePanicsWithAClearMessage(t *testing.T) {
	a := mustArray[int](t, 3)
	for want, misuse := range map[string]func(){
		"sharedmem: NewArray: length must be at least 1, got 0":                          func() { NewArray[int](0) },
		"sharedmem: NewArray: length must be at least 1, got -2":                         func() { NewArray[float64](-2) },
		"sharedmem: NewSharded: workers must be at least 1, got 0":                       func() { NewSharded[int](0) },
		"sharedmem: NewPacked: workers must be at least 1, got 0":                        func() { NewPacked[int](0) },
		"sharedmem: Load: there is no element 3; there are 3, from 0":                    func() { a.Load(3) },
		"sharedmem: Store: there is no element -1; there are 3, from 0":                  func() { a.Store(-1, 0) },
		"sharedmem: Add: there is no element 100; there are 3, from 0":                   func() { a.Add(100, 0) },
		"sharedmem: View: there are no elements 2 to 3; there are 3, from 0":             func() { a.View(2, 4, func([]int) {}) },
		"sharedmem: View: there are no elements 2 to 0; there are 3, from 0 ":            func() { a.View(2, 1, func([]int) {}) },
		"sharedmem: Unlock: the lock is not held; call Lock first":                       func() { a.Unlock() },
		"sharedmem: Cell: there is no cell 2; there are 2, from 0":                       func() { NewSharded[int](2).Cell(2) },
		"sharedmem: Cell: there is no cell -1; there are 2, from 0":                      func() { NewPacked[int](2).Cell(-1) },
		"sharedmem: Add: the cell must not be zero; get it from Sharded.Cell":            func() { new(Cell[int]).Add(1) },
		"sharedmem: Load: it must not be nil or zero; make it with NewArray or NewValue": func() { new(Array[int]).Load(0) },
		"sharedmem: Add: it must not be nil or zero; make it with NewArray or NewValue":  func() { (*Value[int])(nil).Add(0) },
		"sharedmem: Load: the number must not be nil or zero; make it with NewSharded":   func() { new(Sharded[int]).Load() },
	} {
		if got := mustPanic(t, misuse); got != strings.TrimSpace(want) {
			t.Errorf("panic value is %v, want %q", got, want)
		}
	}
}

func TestAnArrayThatCannotBeIsAnError(t *testing.T) {
	skipWithout(t)
	for _, length := range []int{math.MaxInt, math.MaxInt/8 - 100} {
		if a, err := NewArray[int](length); err == nil || !strings.HasPrefix(err.Error(), "sharedmem: NewArray: ") {
			t.Errorf("%v, %v", a, err)
		}
	}
}

func TestAnAddressOfSomethingElseIsRefused(t *testing.T) {
	a := mustArray[int](t, 3)
	b, err := a.GobEncode()
	must(t, err)
	wantText(t, new(Array[int32]).GobDecode(b), "sharedmem: receiving an array: got the address of: array of int; want: array of int32")
	wantText(t, new(Value[int]).GobDecode(b), "sharedmem: receiving a value: got the address of: array of int; want: value of int")
	wantText(t, a.GobDecode(b), "there is an array already")
	wantText(t, new(Array[int]).GobDecode(nil), "invalid address")

	where := a.memory.where
	for what, change := range map[string]func(*address){
		"another token":    func(w *address) { w.Token[0]++ },
		"a shorter memory": func(w *address) { w.Length--; w.Token[0]++ },
		"a longer memory":  func(w *address) { w.Length++; w.Token[0]++ },
		"no such file":     func(w *address) { w.Path += "9999"; w.Token[0]++ },
		"a folder":         func(w *address) { w.Path = os.TempDir(); w.Token[0]++ },
		"no length":        func(w *address) { w.Length = 0 },
		"a huge length":    func(w *address) { w.Length = math.MaxInt; w.Token[0]++ },
	} {
		w := where
		change(&w)
		b, err := w.encode()
		must(t, err)
		if err := new(Array[int]).GobDecode(b); err == nil {
			t.Errorf("%s is accepted", what)
		}
	}
}

func TestOthersCannotShrinkTheMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs seals")
	}
	a := mustArray[int](t, 3)
	if err := os.Truncate(a.memory.where.Path, 0); err == nil {
		t.Error("it has become shorter")
	}
}

func FuzzDecodingAnAddressNeverPanics(f *testing.F) {
	good, err := address{Path: "/proc/1/fd/1", Token: [32]byte{1}, What: "array of int", Length: 3, Size: 8}.encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		w, err := decodeAddress(b, "array of int")
		if err == nil && (w.Length < 1 || w.Size < 4) {
			t.Errorf("accepted %v", w)
		}
	})
}
