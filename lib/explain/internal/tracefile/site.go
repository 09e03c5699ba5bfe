package tracefile

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"golang.org/x/exp/trace"

	"multiprocessing/lib/explain/internal/lanes"
)

// site is where a goroutine waits.
type site struct {
	bottom   string // of the stack: what the goroutine runs
	function string // the lowest that is not of the standard library
	sync     string // the function of package sync that waits
	library  string // the functions of this library that wait, the innermost first
	place    string // "counter.go:12", or "Cell [3] line 12"
}

// site finds the user's code in a stack: the first function that is neither of
// the standard library nor of this one.
func (b *builder) site(stack trace.Stack) site {
	if stack == trace.NoStack {
		return site{}
	}
	if s, known := b.places[stack]; known {
		return s
	}
	var s site
	for f := range stack.Frames() {
		if strings.HasPrefix(f.Func, "runtime.goexit") {
			continue
		}
		s.bottom = f.Func
		if !standard(f.Func) {
			s.function = f.Func
		}
		switch {
		case s.place != "":
		case inLibrary(f.Func):
			s.library += strings.TrimPrefix(f.Func, libraryPath) + " "
		case strings.HasPrefix(f.Func, "sync."):
			s.sync = cmp.Or(s.sync, f.Func)
		case !standard(f.Func):
			s.place = placeOf(f.File, f.Line)
		}
	}
	b.places[stack] = s
	return s
}

const libraryPath = "multiprocessing/lib/"

// inLibrary reports whether a function belongs to a package of this library in
// which goroutines wait for the user's code.
func inLibrary(function string) bool {
	rest, found := strings.CutPrefix(function, libraryPath)
	pkg := rest[:max(0, strings.IndexAny(rest, "./"))]
	return found && slices.Contains([]string{"pool", "goroutine", "process", "message", "cluster", "sharedmem", "serial", "internal"}, pkg)
}

// standard reports whether a function belongs to Go's own packages, or to those
// of golang.org/x.
func standard(function string) bool {
	root := function[:max(0, strings.IndexAny(function, "./"))]
	return strings.HasPrefix(function, "golang.org/x/") || slices.Contains(standardRoots, root)
}

// standardRoots begin the paths of Go's packages in which goroutines wait.
var standardRoots = []string{"bufio", "bytes", "compress", "context", "crypto", "database", "encoding", "fmt", "internal", "io",
	"iter", "log", "maps", "net", "os", "reflect", "runtime", "slices", "sort", "strings", "sync", "syscall", "testing", "time", "vendor"}

// placeOf is a line of a file, or of a notebook's cell.
func placeOf(file string, line uint64) string {
	name := path.Base(file)
	if strings.HasPrefix(name, "Cell [") {
		return fmt.Sprintf("%s line %d", name, line)
	}
	return fmt.Sprintf("%s:%d", name, line)
}

// reasonOf is what a goroutine waits for, by the runtime's reason and where it
// waits.
func reasonOf(reason string, at site) lanes.Reason {
	switch {
	case strings.Contains(at.library, "goroutine.(*GIL)"):
		return lanes.GIL
	case strings.HasPrefix(at.library, "pool."): // a worker without a task, or a caller that waits for workers
		return lanes.Others
	case strings.Contains(at.library, ").Put"), strings.Contains(at.library, ").Send"):
		return lanes.Send
	case strings.Contains(at.library, ").Get"), strings.Contains(at.library, ").All"), strings.Contains(at.library, ").Recv"):
		return lanes.Receive
	case strings.Contains(reason, "GC"):
		return lanes.Collection
	}
	switch reason {
	case "sync":
		if strings.Contains(at.sync, "WaitGroup") {
			return lanes.Others
		}
		return lanes.Mutex
	case "sync.(*Cond).Wait":
		return lanes.Others
	case "chan send":
		return lanes.Send
	case "chan receive":
		return lanes.Receive
	case "select":
		return lanes.Select
	case "sleep":
		return lanes.Sleep
	case "network":
		return lanes.Network
	}
	return lanes.Unknown
}

// isSystem reports whether a goroutine that runs the function belongs to the
// runtime, or to the trace.
func isSystem(function string) bool {
	return strings.HasPrefix(function, "runtime.") && function != "runtime.main" || strings.HasPrefix(function, "runtime/trace.") && function != "runtime/trace.WithRegion"
}
