package pool

import "unsafe"

// A goroutine inherits one value from the goroutine that starts it: the
// pointer to its profiler labels. The pool stores its frames there. The API of
// runtime/pprof cannot read the labels of the current goroutine, but the
// runtime supports programs that link to these two functions.

//go:linkname getLabels runtime/pprof.runtime_getProfLabel
func getLabels() unsafe.Pointer

//go:linkname setLabels runtime/pprof.runtime_setProfLabel
func setLabels(labels unsafe.Pointer)

// label has the memory layout of a label of runtime/pprof, whose label sets
// begin with a slice of labels. TestProfilesShowTasks fails if that changes.
type label struct{ key, value string }

// taskLabels are the labels of tasks in a profile. Only frames begin with this
// slice.
var taskLabels = []label{{"pool", "task"}}

// labeled returns the frame to which the labels of this goroutine lead, or nil
// if no pool has set them.
func labeled() *frame {
	labels := getLabels()
	if labels == nil || *(**label)(labels) != &taskLabels[0] {
		return nil
	}
	return (*frame)(labels)
}
