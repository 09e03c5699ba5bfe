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
