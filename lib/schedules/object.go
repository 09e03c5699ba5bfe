package schedules

import (
	"cmp"
	"strconv"
)

// object is embedded in everything that goroutines share. Its zero value is ready. Its state is in a record of the
// execution, so that an object that outlives an execution begins the next one as new.
type object struct {
	name string
	run  uint64
	at   int
}

func (o *object) setName(name string) { o.name = name }

// called is the name, or a text for an object without one.
func (o *object) called() string { return cmp.Or(o.name, "an object") }

// record is the state of one object in one execution.
type record struct {
	name    string
	history []touched
	version int   // number of steps that changed the object
	state   uint8 // what guards depend on: see each type
	n       int   // a count: see each type
	holder  *goroutine
	sync    clock     // what an acquiring operation learns, by Go's memory model
	shared  clock     // the same of RUnlock, for Lock
	waiting []*waiter // of a Cond
	group   group     // of a WaitGroup
	accesses
	*traffic
	alive any // keeps the memory of a plain variable or a map from being used again
}

// touched is a step that used an object, and the object's state just before.
type touched struct {
	event  int32
	access access
	before uint8
}

// record returns the state in the current execution. kind names the object if the program does not.
func (o *object) record(x *execution, kind string) *record {
	if o.run != x.number {
		o.run, o.at = x.number, len(x.records)
		x.newRecord(kind, o.name)
	}
	return x.records[o.at]
}

func (x *execution) newRecord(kind, name string) *record {
	if name == "" {
		x.unnamed[kind]++
		name = kind + " " + strconv.Itoa(x.unnamed[kind])
		label := mix(now.path, uint64(now.ticks))
		for _, c := range []byte(name) {
			label = mix(label, uint64(c))
		}
		x.labels += label
	}
	var r *record
	if n := len(x.records); n < cap(x.records) { // reuse the memory of an earlier execution
		x.records = x.records[:n+1]
		r = x.records[n]
	} else {
		x.records = append(x.records, nil)
	}
	if r == nil {
		r = new(record)
		x.records[len(x.records)-1] = r
	}
	*r = record{name: name, history: r.history[:0]}
	return r
}

// SetName names an object for reports and pictures.
func SetName(name string, shared interface{ setName(string) }) { shared.setName(name) }
