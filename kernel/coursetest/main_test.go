package coursetest

import (
	"flag"
	"runtime"
	"strconv"
	"testing"

	"multiprocessing/kernel/internal/kerneltest"
)

func TestMain(m *testing.M) {
	// Many cells wait, so more notebooks than cores are executed at once. A -parallel on the command line comes after this.
	_ = flag.Set("test.parallel", strconv.Itoa(max(6, runtime.GOMAXPROCS(0))))
	kerneltest.Main(m)
}
