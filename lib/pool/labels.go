package pool

import "unsafe"

// A goroutine inherits one value from the goroutine that starts it: the
// pointer to its profiler labels. The pool keeps its frames there. That is
// not in the API of runtime/pprof, which cannot read the labels of the
// current goroutine, but the runtime keeps these two functions for programs
// that link to them.

//go:linkname getLabels runtime/pprof.runtime_getProfLabel
func getLabels() unsafe.Pointer

//go:linkname setLabels runtime/pprof.runtime_setProfLabel
func setLabels(labels unsafe.Pointer)

// label has the layout of a label of runtime/pprof, whose label sets begin
// with a slice of them. TestProfilesShowTasks fails if that changes.
type label struct{ key, value string }

// taskLabels is what a profile shows for tasks. Only frames begin with this
// slice.
var taskLabels = []label{{"pool", "task"}}

// labeled returns the frame to which the labels of this goroutine lead. It is
// nil if they are not the pool's.
func labeled() *frame {
	labels := getLabels()
	if labels == nil || *(**label)(labels) != &taskLabels[0] {
		return nil
	}
	return (*frame)(labels)
}
