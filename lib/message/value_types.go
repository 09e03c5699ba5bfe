package message

import (
	"fmt"
	"reflect"

	"multiprocessing/lib/internal/portable"
)

// types holds the value types of a queue, or of an end of a pipe.
type types struct {
	in, out reflect.Type // of values that are put, and of values that are received
	pipe    bool         // an end of a pipe, not a queue
}

// typesOf takes pointers to values of the two types.
func typesOf(in, out any, pipe bool) types {
	return types{reflect.TypeOf(in).Elem(), reflect.TypeOf(out).Elem(), pipe}
}

// String describes the queue or end. The process that receives it compares the
// description with its own.
func (t types) String() string {
	if t.pipe {
		return fmt.Sprintf("end of a pipe that sends %v and receives %v", t.in, t.out)
	}
	return fmt.Sprintf("queue of %v", t.in)
}

// codecs encode and decode the values of types.
type codecs struct{ in, out *portable.Codec }

func (t types) codecs() (c codecs, err error) {
	c.in, err = portable.CodecFor(t.in)
	if err == nil {
		c.out, err = portable.CodecFor(t.out)
	}
	if err != nil {
		return c, fmt.Errorf("%v cannot be shared with another process: %w", t, err)
	}
	return c, nil
}
