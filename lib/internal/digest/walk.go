package digest

import (
	"cmp"
	"crypto/sha256"
	"hash"
	"reflect"
	"slices"
	"strings"
	"unsafe"
)

// walker walks through a value. It takes each part once, in whatever way parts
// lead to each other, and does not recurse: a long list would have it run out
// of stack.
//
// A value that does not lead back to one that contains it is written as a hash
// of nothing but itself, wherever it is: so it makes no difference whether two
// pointers share it. One that leads back is written by its place.
type walker struct {
	out     []byte // what is not hashed yet
	steps   []step // from the whole value to the part where the walk is
	entered int    // how many steps there have been
	seen    map[place]int
	visits  []visit // by the numbers in seen
	waiting []int   // those that lead back to a value that is still a step, in the order in which they were left
	types   map[reflect.Type]*typeInfo
}

// step is a value with parts.
type step struct {
	v       reflect.Value
	info    *typeInfo
	next, n int       // the next part, and how many there are
	begin   int       // where it begins in out
	sum     hash.Hash // of what was there before; nil if nothing was
	entries *[]entry  // of a map
	visit   int       // number of its visit; -1 if the walk cannot come back to it
	number  int       // it was the so manieth that was entered
	back    int       // the lowest number of a step that it leads back to, or its own
	waited  int       // how many were waiting when it was entered
}

type entry struct {
	key, value reflect.Value
	texts      [2]string // what they were written as
}

// place is where a pointer, a map or a slice leads.
type place struct {
	at   unsafe.Pointer
	len  int // of a slice
	info *typeInfo
}

// visit is what is known of a place.
type visit struct {
	state  visitState
	number int // that of its step
	at     int // of a step: its depth; when it waits: where
	out    [sha256.Size]byte
}

type visitState byte

const (
	isStep  visitState = iota
	waits              // was left, and leads back to a step
	settled            // out is its hash
)

type typeInfo struct {
	fields []field
	cyclic bool // a value may contain itself
}

type field struct {
	index int
	name  string
}

func newWalker() *walker {
	return &walker{seen: map[place]int{}, types: map[reflect.Type]*typeInfo{}}
}

// mostOut is how much is kept in out before it is hashed.
const mostOut = 4 << 10

func (w *walker) walk(v reflect.Value) {
	w.enter(v)
	for len(w.steps) > 0 {
		s := &w.steps[len(w.steps)-1]
		switch {
		case s.entries != nil:
			w.takeEntry(s)
		case len(w.out)-s.begin > mostOut:
			w.hashSome(s)
		}
		if s.next == s.n {
			w.leave()
			continue
		}
		s.next++
		w.enter(w.part(s, s.next-1))
	}
}

// enter writes a value, or makes it the next step if it has parts.
func (w *walker) enter(v reflect.Value) {
	v, at, endless := follow(v)
	if endless {
		w.counted(tagBack, 0)
		return
	}
	if w.leaf(v) {
		return
	}
	s := step{v: v, info: w.info(v.Type()), begin: len(w.out), visit: -1, number: w.entered, back: w.entered, waited: len(w.waiting)}
	if p := placeOf(v, at, s.info); s.info.cyclic && p.at != nil {
		if n, ok := w.seen[p]; ok {
			w.comeBack(w.visits[n])
			return
		}
		s.visit = len(w.visits)
		w.seen[p] = s.visit
		w.visits = append(w.visits, visit{state: isStep, number: s.number, at: len(w.steps)})
	}
	w.entered++
	w.begin(&s)
	w.steps = append(w.steps, s)
}

// follow returns what pointers and interfaces hold, where the last pointer
// leads, and whether they lead to nothing but each other.
func follow(v reflect.Value) (_ reflect.Value, at unsafe.Pointer, endless bool) {
	var mark unsafe.Pointer
	for hops, limit := 0, 1; ; {
		switch {
		case v.Kind() == reflect.Interface && !v.IsNil():
			v, at = open(v.Elem()), nil
		case v.Kind() == reflect.Pointer && !v.IsNil():
			v, at = v.Elem(), v.UnsafePointer()
			if at == mark {
				return v, at, true
			}
			if hops++; hops == limit { // a mark farther on each time is on the circle at last
				mark, hops, limit = at, 0, 2*limit
			}
		default:
			return v, at, false
		}
	}
}

func placeOf(v reflect.Value, at unsafe.Pointer, info *typeInfo) place {
	switch v.Kind() {
	case reflect.Map:
		return place{v.UnsafePointer(), 0, info}
	case reflect.Slice:
		if v.Len() == 0 {
			return place{}
		}
		return place{v.UnsafePointer(), v.Len(), info}
	}
	return place{at, 0, info}
}

// comeBack writes a value that was entered before.
func (w *walker) comeBack(to visit) {
	from := &w.steps[len(w.steps)-1]
	switch to.state {
	case isStep:
		w.counted(tagBack, len(w.steps)-to.at)
		from.back = min(from.back, to.number)
	case waits:
		w.counted(tagAgain, len(w.waiting)-to.at)
		from.back = min(from.back, to.number)
	case settled:
		w.parts(to.out)
	}
}

func (w *walker) parts(sum [sha256.Size]byte) {
	w.tag(tagParts)
	w.out = append(w.out, sum[:]...)
}

// begin writes what comes before the parts of a step.
func (w *walker) begin(s *step) {
	switch s.v.Kind() {
	case reflect.Struct:
		s.n = len(s.info.fields)
		w.counted(tagStruct, s.n)
	case reflect.Map:
		entries := make([]entry, 0, s.v.Len())
		for it := s.v.MapRange(); it.Next(); {
			entries = append(entries, entry{key: open(it.Key()), value: open(it.Value())})
		}
		s.entries, s.n = &entries, 2*len(entries)
	default:
		s.n = s.v.Len()
		w.counted(tagList, s.n)
	}
}

// part returns a part of a step, and writes what comes before it. All keys of
// a map come first, then the values in the order of the keys.
func (w *walker) part(s *step, i int) reflect.Value {
	switch {
	case s.v.Kind() == reflect.Struct:
		f := s.info.fields[i]
		w.text(tagString, f.name)
		return open(s.v.Field(f.index))
	case s.entries == nil:
		return s.v.Index(i)
	case i < s.n/2:
		return (*s.entries)[i].key
	}
	return (*s.entries)[i-s.n/2].value
}

// takeEntry takes what the last part of a map has written out of it: the order
// of the entries is known at the end.
func (w *walker) takeEntry(s *step) {
	entries, half := *s.entries, s.n/2
	if last := s.next - 1; last >= 0 {
		entries[last%half].texts[last/half] = string(w.out[s.begin:])
		w.out = w.out[:s.begin]
	}
	if s.next == half || s.next == s.n { // keys may be alike: NaN, or pointers to equal values
		slices.SortFunc(entries, func(a, b entry) int {
			return cmp.Or(strings.Compare(a.texts[0], b.texts[0]), strings.Compare(a.texts[1], b.texts[1]))
		})
	}
	if s.next == s.n {
		w.counted(tagMap, half)
		for _, e := range entries {
			w.out = append(append(w.out, e.texts[0]...), e.texts[1]...)
		}
	}
}

// hashSome hashes what the parts of a step have written so far.
func (w *walker) hashSome(s *step) {
	if s.sum == nil {
		s.sum = sha256.New()
	}
	s.sum.Write(w.out[s.begin:])
	w.out = w.out[:s.begin]
}

// leave writes the hash of a step's parts in their place.
func (w *walker) leave() {
	s := w.steps[len(w.steps)-1]
	w.steps = w.steps[:len(w.steps)-1]
	var sum [sha256.Size]byte
	if s.sum == nil {
		sum = sha256.Sum256(w.out[s.begin:])
	} else {
		w.hashSome(&s)
		s.sum.Sum(sum[:0])
	}
	w.out = w.out[:s.begin]
	w.parts(sum)
	if s.back < s.number {
		from := &w.steps[len(w.steps)-1]
		from.back = min(from.back, s.back)
		if s.visit >= 0 {
			w.visits[s.visit].state, w.visits[s.visit].at = waits, len(w.waiting)
			w.waiting = append(w.waiting, s.visit)
		}
		return
	}
	if s.visit >= 0 {
		w.visits[s.visit].state, w.visits[s.visit].out = settled, sum
	}
	w.settle(s.waited, sum)
}

// settle gives those that wait since a step was entered their hashes: they
// lead back to it, or to each other, and it has been left.
func (w *walker) settle(waited int, sum [sha256.Size]byte) {
	end := len(w.out)
	for i, n := range w.waiting[waited:] {
		w.counted(tagWithin, i)
		w.out = append(w.out, sum[:]...)
		w.visits[n].state, w.visits[n].out = settled, sha256.Sum256(w.out[end:])
		w.out = w.out[:end]
	}
	w.waiting = w.waiting[:waited]
}

func (w *walker) info(t reflect.Type) *typeInfo {
	info, known := w.types[t]
	if !known {
		info = &typeInfo{cyclic: mayContainItself(t, map[reflect.Type]bool{})}
		for i := 0; t.Kind() == reflect.Struct && i < t.NumField(); i++ {
			if name := t.Field(i).Name; name != "_" { // which no program can read
				info.fields = append(info.fields, field{i, name})
			}
		}
		w.types[t] = info
	}
	return info
}

// mayContainItself reports whether a value of type t may lead back to itself.
// Of the types in seen it is true if they are being looked at, false if they
// cannot.
func mayContainItself(t reflect.Type, seen map[reflect.Type]bool) bool {
	if looking, known := seen[t]; known {
		return looking
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Interface:
		return true
	case reflect.Pointer, reflect.Slice, reflect.Array:
		if mayContainItself(t.Elem(), seen) {
			return true
		}
	case reflect.Map:
		if mayContainItself(t.Key(), seen) || mayContainItself(t.Elem(), seen) {
			return true
		}
	case reflect.Struct:
		for i := range t.NumField() {
			if mayContainItself(t.Field(i).Type, seen) {
				return true
			}
		}
	}
	seen[t] = false
	return false
}
