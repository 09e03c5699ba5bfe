package cores

import (
	"runtime"
	"testing"
)

func TestOneGoroutineHasOneCore(t *testing.T) {
	if got := Free(1); got <= 0 || got > 1 {
		t.Errorf("1 goroutine gets %v cores, want more than 0 and at most 1", got)
	}
}

func TestWithOneProcessorManyGoroutinesShareACore(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if got := Free(8); got <= 0 || got > 4 {
		t.Errorf("8 goroutines on one processor get %v cores, want about 1", got)
	}
}

func TestOneGoroutineMayHaveTooLittleOfACore(t *testing.T) {
	for free, few := range map[float64]bool{0.5: true, 0.74: true, 0.76: false, 1: false} {
		if Few(free, 1) != few {
			t.Errorf("%v of 1 core: too few %t, want %t", free, !few, few)
		}
	}
}
