package digest

import (
	"cmp"
	"reflect"
	"slices"
	"strconv"
)

// textOf returns a value's text, or more than wholeLength bytes of its
// beginning. It looks no further: a value may be large, or contain itself.
func textOf(v reflect.Value) string {
	p := printer{room: wholeLength}
	p.value(v)
	return string(p.out)
}

type printer struct {
	out   []byte
	room  int  // no more is written when there is more in out
	inKey bool // of a map
}

func (p *printer) put(s string) { p.out = append(p.out, s...) }

func (p *printer) full() bool { return len(p.out) > p.room }

// mostHops ends the way through pointers that lead to nothing but themselves.
const mostHops = 100

func (p *printer) value(v reflect.Value) {
	for range mostHops {
		if k := v.Kind(); k != reflect.Pointer && k != reflect.Interface || v.IsNil() {
			break
		}
		v = open(v.Elem())
	}
	switch v.Kind() {
	case reflect.Invalid:
		p.put("nil")
	case reflect.Bool:
		p.put(strconv.FormatBool(v.Bool()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		p.put(strconv.FormatInt(v.Int(), 10))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		p.put(strconv.FormatUint(v.Uint(), 10))
	case reflect.Float32, reflect.Float64:
		p.put(strconv.FormatFloat(v.Float(), 'g', -1, v.Type().Bits()))
	case reflect.Complex64, reflect.Complex128:
		p.put(strconv.FormatComplex(v.Complex(), 'g', -1, v.Type().Bits()))
	case reflect.String:
		s := v.String()
		p.put(strconv.Quote(s[:min(len(s), p.room+1)]))
	case reflect.Slice, reflect.Array:
		p.list(v)
	case reflect.Map:
		p.mapping(v)
	case reflect.Struct:
		p.fields(v)
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			p.put("nil")
		} else {
			p.put("…")
		}
	default: // func, chan
		p.put(v.Type().String())
	}
}

func (p *printer) list(v reflect.Value) {
	p.put("[")
	for i := 0; i < v.Len() && !p.full(); i++ {
		if i > 0 {
			p.put(" ")
		}
		p.value(v.Index(i))
	}
	p.put("]")
}

// mapping writes entries in the order of their keys' texts. In a key it writes
// none: for keys that point to maps whose keys do, that would take too long.
func (p *printer) mapping(v reflect.Value) {
	if p.inKey {
		p.put("map[…]")
		return
	}
	type entry struct {
		key   string
		value reflect.Value
	}
	var entries []entry
	for it := v.MapRange(); it.Next(); {
		key := printer{room: p.room, inKey: true}
		key.value(open(it.Key()))
		entries = append(entries, entry{string(key.out) + ":", it.Value()})
	}
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.key, b.key) })
	p.put("map[")
	for i, e := range entries {
		if p.full() {
			break
		}
		if i > 0 {
			p.put(" ")
		}
		p.put(e.key)
		p.value(open(e.value))
	}
	p.put("]")
}

func (p *printer) fields(v reflect.Value) {
	if shown, _, ok := known(v); ok {
		p.put(shown)
		return
	}
	p.put("{")
	for i := 0; i < v.NumField() && !p.full(); i++ {
		if i > 0 {
			p.put(" ")
		}
		p.put(v.Type().Field(i).Name + ":")
		p.value(open(v.Field(i)))
	}
	p.put("}")
}
