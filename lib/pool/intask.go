package pool

import (
	"reflect"
	"runtime"
)

// workerEntry is where the code of (*Pool).worker begins.
var workerEntry = reflect.ValueOf((*Pool).worker).Pointer()

// inTask reports whether the caller runs in a worker of any pool, which is
// so if worker is the function at the bottom of its stack. A goroutine has
// no name that could be asked for, and a context would have to go through
// every task's arguments. It costs about 0.3 µs a call (BenchmarkInTask).
func inTask() bool {
	var pcs [64]uintptr
	bottom := pcs[:0]
	for skip := 1; ; skip += len(pcs) {
		n := runtime.Callers(skip, pcs[:])
		if n > 0 {
			bottom = pcs[max(0, n-3):n] // worker, perhaps a wrapper, goexit
		}
		if n < len(pcs) {
			break
		}
	}
	for _, pc := range bottom {
		if f := runtime.FuncForPC(pc - 1); f != nil && f.Entry() == workerEntry {
			return true
		}
	}
	return false
}
