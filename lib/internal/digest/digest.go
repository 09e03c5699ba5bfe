// Package digest tells values apart by a hash that is the same in every run
// of every program: package timing compares results by it, package cluster
// the items of a job that is picked up again.
package digest

import (
	"encoding"
	"fmt"
	"hash/fnv"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Digest stands for a value. It is made from the value alone: what pointers
// point to, maps in the order of their keys, and numbers without their type,
// so that []int{1} and []int64{1} are the same answer. The hash is the same
// in every run of the program.
type Digest struct {
	Text string // the value, cut short, for people
	Hash uint64 // of all of it
}

// Lengths of a value that is shown whole, and of the beginning of another.
const (
	wholeLength = 48
	headLength  = 24
)

// maxDepth ends the walk through a value that contains itself.
const maxDepth = 64

// Of makes the digest of a value.
func Of(v any) Digest {
	w := writer{}
	w.value(reflect.ValueOf(v), 0)
	w.flush()
	d := Digest{string(w.head), w.hash}
	if w.length > wholeLength {
		d.Text = fmt.Sprintf("%s… #%08x", strings.ToValidUTF8(d.Text[:headLength], ""), uint32(d.Hash))
	}
	return d
}

// writer hashes the text of a value and keeps its beginning.
type writer struct {
	buffer []byte
	head   []byte
	length int
	hash   uint64
}

func (w *writer) put(s string) {
	w.buffer = append(w.buffer, s...)
	if len(w.buffer) > 4096 {
		w.flush()
	}
}

func (w *writer) flush() {
	room := min(max(0, wholeLength-len(w.head)), len(w.buffer))
	w.head = append(w.head, w.buffer[:room]...)
	h := fnv.New64a()
	fmt.Fprintf(h, "%x", w.hash) // chained: each block's hash begins with the last one's
	h.Write(w.buffer)
	w.hash = h.Sum64()
	w.length += len(w.buffer)
	w.buffer = w.buffer[:0]
}

func (w *writer) value(v reflect.Value, depth int) {
	if depth > maxDepth {
		w.put("…")
		return
	}
	if text, ok := marshaled(v); ok {
		w.put(text)
		return
	}
	switch v.Kind() {
	case reflect.Invalid:
		w.put("nil")
	case reflect.Bool:
		w.put(strconv.FormatBool(v.Bool()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		w.put(strconv.FormatInt(v.Int(), 10))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		w.put(strconv.FormatUint(v.Uint(), 10))
	case reflect.Float32, reflect.Float64:
		w.put(strconv.FormatFloat(v.Float(), 'g', -1, v.Type().Bits()))
	case reflect.Complex64, reflect.Complex128:
		w.put(strconv.FormatComplex(v.Complex(), 'g', -1, v.Type().Bits()))
	case reflect.String:
		w.put(strconv.Quote(v.String()))
	case reflect.Slice, reflect.Array:
		w.list(v, depth)
	case reflect.Map:
		w.mapping(v, depth)
	case reflect.Struct:
		w.fields(v, depth)
	case reflect.Pointer, reflect.Interface:
		w.value(v.Elem(), depth+1)
	default: // func, chan: no value to compare
		w.put(v.Type().String())
	}
}

// marshaled asks types that know their text: time.Time's and big.Int's fields
// differ between equal values.
func marshaled(v reflect.Value) (string, bool) {
	if !v.IsValid() || !v.CanInterface() || (v.Kind() == reflect.Pointer && v.IsNil()) {
		return "", false
	}
	m, ok := v.Interface().(encoding.TextMarshaler)
	if !ok {
		return "", false
	}
	text, err := m.MarshalText()
	return string(text), err == nil
}

func (w *writer) list(v reflect.Value, depth int) {
	w.put("[")
	for i := range v.Len() {
		if i > 0 {
			w.put(" ")
		}
		w.value(v.Index(i), depth+1)
	}
	w.put("]")
}

func (w *writer) mapping(v reflect.Value, depth int) {
	var pairs []string
	for it := v.MapRange(); it.Next(); {
		pairs = append(pairs, text(it.Key(), depth)+":"+text(it.Value(), depth))
	}
	slices.Sort(pairs)
	w.put("map[" + strings.Join(pairs, " ") + "]")
}

func (w *writer) fields(v reflect.Value, depth int) {
	w.put("{")
	for i := range v.NumField() {
		if i > 0 {
			w.put(" ")
		}
		w.put(v.Type().Field(i).Name + ":")
		w.value(v.Field(i), depth+1)
	}
	w.put("}")
}

// text is the whole text of a value, for sorting.
func text(v reflect.Value, depth int) string {
	var w writer
	w.value(v, depth+1)
	if w.length == 0 {
		return string(w.buffer)
	}
	w.flush()
	return fmt.Sprintf("%s#%016x", w.head, w.hash)
}
