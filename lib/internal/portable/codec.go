package portable

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"unsafe"

	"multiprocessing/lib/internal/caught"
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

// ValueError says which value could not be encoded or decoded, and why. What
// a method of the program panics with is such an error, too.
type ValueError struct {
	At  int // which of the values
	Err error
}

func (e *ValueError) Error() string { return e.Err.Error() }
func (e *ValueError) Unwrap() error { return e.Err }

// Encode returns values as bytes. Those of plain values may be no copy.
func (c Codec[T]) Encode(values []T) ([]byte, error) {
	if c.form == asPlain && c.mask == nil {
		return memoryOf(values), nil
	}
	return c.Append(nil, values)
}

// Append appends values to b. After an error, which is a *ValueError, it
// returns b as it was.
func (c Codec[T]) Append(b []byte, values []T) ([]byte, error) {
	p := unsafe.Pointer(unsafe.SliceData(values))
	e := encoder{b: b}
	if c.form == asPlain {
		e.putPlain(c.coder, p, len(values)*c.size)
		return e.b, nil
	}
	if why := c.protect(&e.calling, func() {
		for e.at = range values {
			e.put(c.coder, unsafe.Add(p, e.at*c.size))
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
	clear(values)
	if c.form == asPlain {
		return c.decodePlain(payload, memoryOf(values), len(values))
	}
	defer func() {
		if err != nil {
			clear(values)
		}
	}()
	p := unsafe.Pointer(unsafe.SliceData(values))
	d := decoder{b: payload}
	if why := c.protect(&d.calling, func() {
		for d.at = range values {
			d.get(c.coder, unsafe.Add(p, d.at*c.size))
		}
	}); why != nil {
		return &ValueError{d.at, why}
	}
	if len(d.b) > 0 {
		return fmt.Errorf("%d bytes follow after %d values", len(d.b), len(values))
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

// protect runs f, and returns the refusal that it panics with. Methods that
// the program declares may panic with anything, or end their goroutine; so
// they run in another.
func (c *coder) protect(calling **coder, f func()) error {
	var panics caught.First
	if c.runsCalls {
		done := make(chan struct{})
		go func() {
			defer close(done)
			panics.Run(f)
		}()
		<-done
	} else {
		panics.Run(f)
	}
	p := panics.Panic()
	if p == nil {
		return nil
	}
	var refused refusal
	if errors.As(p, &refused) {
		return refused.error
	}
	if *calling != nil {
		return fmt.Errorf("a method of %v panicked: %v", (*calling).t, p.Value)
	}
	return fmt.Errorf("it panicked: %v", p.Value)
}
