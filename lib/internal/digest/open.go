package digest

import (
	"math"
	"reflect"
	"strconv"
	"time"
	"unsafe"
)

// open returns v where it can be read whole. Package reflect does not let
// methods be called on what was reached through an unexported field.
func open(v reflect.Value) reflect.Value {
	switch {
	case !v.IsValid():
		return v
	case v.CanAddr():
		return reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem()
	}
	copied := reflect.New(v.Type()).Elem()
	copied.Set(v)
	return copied
}

// known returns how a value of the standard library whose fields do not tell
// what it is worth is shown, and what it is worth: a number, or a text that
// no other value of its kind has.
func known(v reflect.Value) (shown string, worth any, ok bool) {
	if t, ok := v.Addr().Interface().(*time.Time); ok {
		_, offset := t.Zone()
		return t.Format(time.RFC3339Nano), instant{t.Unix(), t.Nanosecond(), offset}, true
	}
	if v.Type().PkgPath() != "math/big" { // which is not imported: it would be linked into every cell
		return "", nil, false
	}
	switch n := v.Addr().Interface().(type) {
	case interface{ Text(base int) string }: // big.Int
		return n.Text(10), integer(n.Text(10)), true
	case interface{ RatString() string }: // big.Rat
		return n.RatString(), integer(n.RatString()), true
	case bigFloat:
		return n.Text('g', -1), float(n), true
	}
	return "", nil, false
}

// instant is what a time.Time is worth.
type instant struct {
	seconds             int64
	nanoseconds, offset int
}

// exactly is a number that neither an integer nor a float of 64 bits can hold.
type exactly string

// integer reads a number of math/big that was written in decimal digits.
func integer(text string) any {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	if n, err := strconv.ParseUint(text, 10, 64); err == nil {
		return n
	}
	return exactly(text) // too large, or a fraction
}

type bigFloat interface {
	Text(format byte, precision int) string
	MinPrec() uint
}

// smallest is the smallest float64 that has all its bits.
const smallest = 0x1p-1022

// float returns a big.Float as a float64 if that is the same number.
func float(x bigFloat) any {
	text := x.Text('p', 0) // all of it, in hexadecimal
	f, err := strconv.ParseFloat(text, 64)
	if whole := math.Abs(f) >= smallest || text == "0" || text == "-0"; err == nil && whole && x.MinPrec() <= 53 {
		return f
	}
	return exactly(text)
}
