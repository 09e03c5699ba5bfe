package portable

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"reflect"
)

// Codec puts values of one type into a message that stands alone: whoever
// reads it needs nothing that came before. (Package process has a stream of
// messages instead, in which gob describes a type only once.) The zero value
// is not ready; make it with CodecOf.
type Codec[T any] struct{ plain bool }

// CodecOf chooses how values of type T travel, and says why they cannot.
func CodecOf[T any]() (Codec[T], error) {
	t := reflect.TypeFor[T]()
	return Codec[T]{IsPlain(t)}, Check(t)
}

// Encode returns values as bytes. Those of plain values are no copy.
func (c Codec[T]) Encode(values []T) ([]byte, error) {
	if c.plain {
		return Memory(values), nil
	}
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(values)
	return b.Bytes(), err
}

// Decode puts the values of payload into values, which must be fresh and of
// the right length.
func (c Codec[T]) Decode(payload []byte, values []T) error {
	if c.plain {
		if want := len(Memory(values)); len(payload) != want {
			return fmt.Errorf("%d bytes are not %d values, which have %d", len(payload), len(values), want)
		}
		copy(Memory(values), payload)
		return nil
	}
	got := values[:0:len(values)] // gob decodes into what is there
	source := bytes.NewReader(payload)
	if err := gob.NewDecoder(source).Decode(&got); err != nil {
		return err
	}
	if len(got) != len(values) || source.Len() > 0 {
		return fmt.Errorf("it holds %d values and %d bytes more, want %d values", len(got), source.Len(), len(values))
	}
	copy(values, got)
	return nil
}

// AtLeast is the least number of bytes that n values take, so that a message
// which claims more than it holds is refused before there is room for them.
func (c Codec[T]) AtLeast(n int) int {
	if !c.plain {
		return n // gob has at least a byte for each
	}
	return n * int(reflect.TypeFor[T]().Size())
}
