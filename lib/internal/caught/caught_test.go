package caught

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func explode(value any) { panic(value) }

func TestAPanicKeepsItsValueAndTheStackOfTheTask(t *testing.T) {
	var c First
	c.Run(func() { explode("boom") })
	p := c.Panic()
	if p == nil || p.Value != "boom" {
		t.Fatalf("caught %v", p)
	}
	for _, want := range []string{"a task panicked: boom", "caught.explode", "caught_test.go"} {
		if !strings.Contains(p.Error(), want) {
			t.Errorf("%q is missing in:\n%v", want, p)
		}
	}
	if lines := strings.SplitN(p.Stack, "\n", 3); !strings.Contains(lines[1], "caught.explode") {
		t.Errorf("the stack does not begin in the task:\n%s", p.Stack)
	}
}

func TestARuntimeErrorIsCaughtAndUnwraps(t *testing.T) {
	var c First
	var items []int
	c.Run(func() { items[3]++ })
	var err runtime.Error
	if !errors.As(c.Panic(), &err) || !strings.Contains(err.Error(), "index out of range") {
		t.Errorf("caught %v", c.Panic())
	}
}

func TestAnErrorUsedAsAPanicValueUnwraps(t *testing.T) {
	var c First
	c.Run(func() { explode(io.EOF) })
	if !errors.Is(c.Panic(), io.EOF) {
		t.Errorf("caught %v", c.Panic())
	}
}

func TestOnlyTheFirstPanicIsKept(t *testing.T) {
	var c First
	for i := range 3 {
		c.Run(func() { explode(i) })
	}
	if c.Panic().Value != 0 {
		t.Errorf("kept %v", c.Panic().Value)
	}
}

func TestAnInnerTasksPanicIsNotWrappedAgain(t *testing.T) {
	var inner, outer First
	inner.Run(func() { explode("boom") })
	outer.Run(inner.Raise)
	if outer.Panic() != inner.Panic() {
		t.Errorf("outer caught %v", outer.Panic())
	}
}

func TestAGoexitCountsAsAPanic(t *testing.T) {
	var c First
	var wg sync.WaitGroup
	wg.Go(func() { c.Run(runtime.Goexit) })
	wg.Wait()
	if p := c.Panic(); p == nil || !strings.Contains(p.Error(), "Goexit") {
		t.Errorf("caught %v", p)
	}
}

func TestNoPanicNothingRaised(t *testing.T) {
	var c First
	c.Run(func() {})
	c.Raise()
	if c.Panic() != nil {
		t.Errorf("caught %v", c.Panic())
	}
}

func FuzzTrimNeverPanics(f *testing.F) {
	f.Add("goroutine 1 [running]:\npanic({0x1})\n\t/panic.go:1\nmain.f()\n\t/f.go:2\n")
	f.Add("\npanic(")
	f.Add("")
	f.Fuzz(func(_ *testing.T, stack string) { trim(stack) })
}
