package schedules_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"multiprocessing/lib/schedules"
)

func panicOf(f func()) (message string) {
	defer func() { message = fmt.Sprint(recover()) }()
	f()
	return ""
}

func TestMisusePanics(t *testing.T) {
	var mu schedules.Mutex
	n := 0
	for want, f := range map[string]func(){
		"schedules: Mutex.Lock outside of Explore":      mu.Lock,
		"schedules: Runs: must be at least 1, got 0":    func() { schedules.Runs(0) },
		"schedules: Preemptions: must be 0 to 100, got": func() { schedules.Preemptions(-1) },
		"schedules: the body does not do the same":      func() { schedules.Explore(func() { n++; changing(n) }) },
	} {
		if got := panicOf(f); !strings.HasPrefix(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if r := schedules.Explore(tooMany); len(r.Failures) != 1 || !strings.Contains(r.String(), "panic: schedules: a program may start at most 63 goroutines") {
		t.Errorf("%v", r)
	}
	schedules.Explore(func() {
		if got := panicOf(func() { schedules.Explore(func() {}) }); got != "schedules: Explore within an exploration" {
			t.Errorf("nested: %q", got)
		}
	})
}

// changing has other steps each time.
func changing(n int) {
	v := schedules.NewVar("v", 0)
	schedules.Go(func() { v.Set(1) })
	for range n {
		v.Set(2)
	}
	schedules.Go(func() { v.Set(3) })
}

func tooMany() {
	for range 64 {
		schedules.Go(func() {})
	}
}

func TestGoexitInTheBodyExitsTheCaller(t *testing.T) {
	done := make(chan bool)
	go func() {
		defer close(done)
		schedules.Explore(func() { schedules.Go(runtime.Goexit); schedules.WaitAll() })
		t.Error("Explore has returned")
	}()
	<-done
	if r := schedules.Explore(increments(2)); r.Runs != 4 {
		t.Errorf("the next exploration: %v", r)
	}
}

func TestGoroutinesThatAreAbandonedReturnWithoutRecovering(t *testing.T) {
	before := runtime.NumGoroutine()
	recovered, deferred := 0, 0
	r := schedules.Explore(func() {
		never, v := schedules.NewChan[int](0), schedules.NewVar("v", 0)
		schedules.Go(func() {
			defer func() {
				deferred++
				if recover() != nil {
					recovered++
				}
				v.Set(1)
				t.Error("a step of an abandoned goroutine has happened")
			}()
			never.Recv()
		})
	})
	if len(r.Failures) != 1 || r.Failures[0].Kind != schedules.LeftBehind || recovered > 0 || deferred == 0 {
		t.Errorf("%d deferred, %d recovered: %v", deferred, recovered, r)
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines before, %d after", before, after)
	}
}

func TestALoopThatSpinsWithoutEndIsReported(t *testing.T) {
	for want, pause := range map[string]func(){"waits in a loop for a change that no goroutine makes": schedules.Gosched, "must call Gosched": func() {}} {
		var flag schedules.Bool
		r := schedules.Explore(func() {
			flag = schedules.Bool{}
			for !flag.Load() {
				pause()
			}
		})
		if len(r.Failures) != 1 || r.Failures[0].Kind != schedules.Endless || !strings.Contains(r.String(), want) {
			t.Errorf("want %s, got %v", want, r)
		}
	}
}

func TestAScheduleThatIsWrongInAnEndlessProgramIsStillShown(t *testing.T) {
	r := schedules.Explore(func() {
		schedules.Check(false)
		v := schedules.NewVar("v", 0)
		for {
			v.Set(1)
		}
	})
	if len(r.Failures) == 0 || r.Failures[0].Kind != schedules.CheckFailed || len(r.Shortest().Steps) != 0 {
		t.Errorf("%v", r)
	}
}
