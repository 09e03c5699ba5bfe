package portable

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"unsafe"
)

// Codec encodes values of one type as a self-contained message. Make it with
// CodecOf or CodecFor. All methods may be called concurrently.
//
// It has no type parameter, and takes values as Values, because the compiler
// instantiates generic code in every program that uses it: a notebook's cell
// would spend most of its build on that.
type Codec struct {
	t         reflect.Type
	form      form
	size      int      // bytes of a value in memory
	least     int      // least number of bytes of an encoded value
	mask      []byte   // asPlain: see maskOf
	elem      *Codec   // asPointer, asSlice, asMap, asArray
	key       *Codec   // asMap
	fields    []field  // asStruct
	methods   *methods // asItself
	runsCalls bool     // encoding or decoding may call a user's methods
}

// CodecOf returns the codec of type T. The error says why values of T would
// not arrive as they were sent.
func CodecOf[T any]() (*Codec, error) { return CodecFor(reflect.TypeFor[T]()) }

// New returns a pointer to a zero value.
func (c *Codec) New() any { return reflect.New(c.t).Interface() }

// Make returns n zero values. It panics if memory cannot hold them.
func (c *Codec) Make(n int) Values {
	return Values{reflect.MakeSlice(reflect.SliceOf(c.t), n, n).UnsafePointer(), n, c.size}
}

// Copy copies values. Both arguments must have the same number of them.
func (c *Codec) Copy(to, from Values) {
	if c.form == asPlain {
		copy(to.memory(), from.memory())
		return
	}
	reflect.Copy(c.slice(to), c.slice(from))
}

// slice returns values as a reflect.Value of type []T.
func (c *Codec) slice(values Values) reflect.Value {
	header := unsafe.Slice((*byte)(values.first), values.count) // pointer, length and capacity are those of a []T
	return reflect.NewAt(reflect.SliceOf(c.t), unsafe.Pointer(&header)).Elem()
}

// CallsMethods reports whether Encode and Decode may call a user's methods.
func (c *Codec) CallsMethods() bool { return c.runsCalls }

// ValueError reports which value could not be encoded or decoded, and why. A
// panic in a user's encoding method also becomes a ValueError.
type ValueError struct {
	At  int // index of the value
	Err error
}

func (e *ValueError) Error() string { return e.Err.Error() }
func (e *ValueError) Unwrap() error { return e.Err }

// Encode returns values as bytes. For plain values the result may alias
// values.
func (c *Codec) Encode(values Values) ([]byte, error) { return c.EncodeInto(nil, values) }

// EncodeInto is Encode that uses the memory of buffer if it is large enough.
func (c *Codec) EncodeInto(buffer []byte, values Values) ([]byte, error) {
	if c.form == asPlain && c.mask == nil {
		return values.memory(), nil
	}
	return c.Append(buffer[:0], values)
}

// Append appends values to b. If it fails, it returns b unchanged and a
// *ValueError.
func (c *Codec) Append(b []byte, values Values) ([]byte, error) {
	if c.form == asPlain {
		all := append(b, values.memory()...)
		c.clean(all[len(b):])
		return all, nil
	}
	return c.appendEach(b, values.first, values.count)
}

// appendEach appends the n values at p.
func (c *Codec) appendEach(b []byte, p unsafe.Pointer, n int) ([]byte, error) {
	e := encoder{b: b}
	if why := c.protect(&e.calling, 0, func() {
		for e.at = range n {
			e.put(c, unsafe.Add(p, e.at*c.size))
		}
	}); why != nil {
		return b, &ValueError{e.at, why}
	}
	return e.b, nil
}

// Decode overwrites values with those in payload. If it fails, it sets values
// to zero. The error is a *ValueError, unless payload has too few or too many
// values.
func (c *Codec) Decode(payload []byte, values Values) (err error) {
	if c.form == asPlain {
		err = c.decodePlain(payload, values)
	} else {
		c.zero(values)
		err = c.decodeEach(payload, values.first, values.count)
	}
	if err != nil {
		c.zero(values)
	}
	return err
}

func (c *Codec) zero(values Values) {
	if c.form == asPlain {
		clear(values.memory())
		return
	}
	c.slice(values).Clear()
}

// decodeEach decodes n values into the memory at p.
func (c *Codec) decodeEach(payload []byte, p unsafe.Pointer, n int) error {
	d := decoder{b: payload}
	if why := c.protect(&d.calling, 1, func() {
		for d.at = range n {
			d.get(c, unsafe.Add(p, d.at*c.size))
		}
	}); why != nil {
		return &ValueError{d.at, why}
	}
	if len(d.b) > 0 {
		return fmt.Errorf("%d bytes follow after %d values", len(d.b), n)
	}
	return nil
}

func (c *Codec) decodePlain(payload []byte, values Values) error {
	memory := values.memory()
	if len(payload) != len(memory) {
		return fmt.Errorf("got %d bytes for %d values; want %d", len(payload), values.count, len(memory))
	}
	if !c.isClean(payload) {
		return errNotClean
	}
	copy(memory, payload)
	return nil
}

// AtLeast returns the minimum number of bytes of n encoded values, so that a
// receiver can reject a message that is too short before it allocates values.
func (c *Codec) AtLeast(n int) int {
	if c.least > 0 && n > math.MaxInt/c.least {
		return math.MaxInt
	}
	return n * c.least
}

// protect runs f, and returns an error if f refuses a value, or if a user's
// method panics or calls runtime.Goexit. Because of Goexit, f runs in another
// goroutine. calling and method (0 encodes, 1 decodes) name the method in the
// error.
func (c *Codec) protect(calling **Codec, method int, f func()) (err error) {
	run := func() {
		returned := false
		defer func() {
			if !returned {
				err = errNoReturn // in case printing the panic's value panics
				err = whyPanicked(recover(), *calling, method)
			}
		}()
		f()
		returned = true
	}
	if !c.runsCalls {
		run()
		return err
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		run()
	}()
	<-done
	return err
}

var errNoReturn = errors.New("a method did not return")

// whyPanicked makes an error from a recovered value, which is nil after
// runtime.Goexit.
func whyPanicked(value any, calling *Codec, method int) error {
	if r, ok := value.(refusal); ok {
		return r.error
	}
	if value == nil {
		value = "it ended its goroutine (runtime.Goexit)"
	}
	if calling == nil {
		return fmt.Errorf("a method panicked: %v", value)
	}
	return fmt.Errorf("%v.%s panicked: %v", calling.t, calling.methods.names[method], value)
}
