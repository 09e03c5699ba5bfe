package portable

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"unsafe"
)

// Codec turns values of one type into a message that stands alone: whoever
// reads it needs nothing that came before. The zero value is not ready; make
// it with CodecOf. All methods may be called from many goroutines.
type Codec[T any] struct{ *coder }

// CodecOf returns the codec of type T, or says why values of T would not
// arrive as they were sent.
func CodecOf[T any]() (Codec[T], error) {
	c, err := coderOf(reflect.TypeFor[T]())
	return Codec[T]{c}, err
}

// CallsMethods reports whether Encode and Decode call methods that the program
// declares.
func (c Codec[T]) CallsMethods() bool { return c.runsCalls }

// ValueError says which value could not be encoded or decoded, and why. What
// a method of the program panics with is such an error, too.
type ValueError struct {
	At  int // which of the values
	Err error
}

func (e *ValueError) Error() string { return e.Err.Error() }
func (e *ValueError) Unwrap() error { return e.Err }

// Encode returns values as bytes. Those of plain values may be no copy.
func (c Codec[T]) Encode(values []T) ([]byte, error) { return c.EncodeInto(nil, values) }

// EncodeInto is Encode that uses the memory of buffer if it is large enough.
func (c Codec[T]) EncodeInto(buffer []byte, values []T) ([]byte, error) {
	if c.form == asPlain && c.mask == nil {
		return memoryOf(values), nil
	}
	return c.Append(buffer[:0], values)
}

// Append appends values to b. After an error, which is a *ValueError, it
// returns b as it was.
func (c Codec[T]) Append(b []byte, values []T) ([]byte, error) {
	if c.form == asPlain {
		all := append(b, memoryOf(values)...)
		c.clean(all[len(b):])
		return all, nil
	}
	return c.appendEach(b, unsafe.Pointer(unsafe.SliceData(values)), len(values))
}

// appendEach appends the n values at p.
func (c *coder) appendEach(b []byte, p unsafe.Pointer, n int) ([]byte, error) {
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

// Decode puts the values of payload into values, whatever these are now. The
// error is a *ValueError, or says that payload has fewer values or more; then
// values are zero.
func (c Codec[T]) Decode(payload []byte, values []T) (err error) {
	if c.form == asPlain {
		err = c.decodePlain(payload, memoryOf(values), len(values))
	} else {
		clear(values)
		err = c.decodeEach(payload, unsafe.Pointer(unsafe.SliceData(values)), len(values))
	}
	if err != nil {
		clear(values)
	}
	return err
}

// DecodeOne returns the value of a payload that has one. If it is plain, that
// takes no memory from the heap.
func (c Codec[T]) DecodeOne(payload []byte) (v T, err error) {
	if c.form == asPlain {
		err = c.decodePlain(payload, memoryOf(unsafe.Slice(&v, 1)), 1)
		return v, err
	}
	one := make([]T, 1)
	err = c.Decode(payload, one)
	return one[0], err
}

// decodeEach decodes n values into the memory at p.
func (c *coder) decodeEach(payload []byte, p unsafe.Pointer, n int) error {
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

func (c *coder) decodePlain(payload, values []byte, n int) error {
	if len(payload) != len(values) {
		return fmt.Errorf("%d bytes are not %d values, which have %d", len(payload), n, len(values))
	}
	if !c.isClean(payload) {
		return errNotClean
	}
	copy(values, payload)
	return nil
}

// AtLeast is the least number of bytes that n values take, so that a message
// which claims more than it holds is refused before there is room for them.
func (c Codec[T]) AtLeast(n int) int {
	if c.least > 0 && n > math.MaxInt/c.least {
		return math.MaxInt
	}
	return n * c.least
}

// protect runs f, and returns why it did not return: its refusal, or that a
// method panicked. Methods that the program declares may also end their
// goroutine; so they run in another. calling is the type whose method f calls,
// and method says which of its two.
func (c *coder) protect(calling **coder, method int, f func()) (err error) {
	run := func() {
		returned := false
		defer func() {
			if !returned {
				err = errNoReturn // even if the panic's value cannot be printed
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

// whyPanicked makes an error of what was recovered; that is nil if a method
// ended its goroutine.
func whyPanicked(value any, calling *coder, method int) error {
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
