package process

import (
	"reflect"

	"multiprocessing/lib/internal/portable"
)

// format is how the values of one type travel.
type format int

const (
	asGob    format = iota // encoding/gob
	asMemory               // as they lie in memory, without any conversion
)

// formatOf chooses the format of a task's type, and refuses a type that
// would not arrive, or arrive without some of its fields.
//
// Values without pointers travel as they lie in memory: both ends are the
// same program, so the layout is the same. BenchmarkFormats has what this
// saves over gob.
func formatOf(task, role string, t reflect.Type) format {
	if portable.IsPlain(t) {
		return asMemory
	}
	if err := portable.Check(t); err != nil {
		misuse("Register: task %q: its %s cannot be sent to another process: %v", task, role, err)
	}
	return asGob
}
