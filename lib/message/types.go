package message

import (
	"fmt"
	"reflect"

	"multiprocessing/lib/internal/portable"
)

// types are the types of the values of a queue, or of an end of a pipe.
type types struct {
	in, out reflect.Type // of what is put, and of what comes out
	pipe    bool         // the place is an end of a pipe
}

// typesOf returns the types that in and out point to.
func typesOf(in, out any, pipe bool) types {
	return types{reflect.TypeOf(in).Elem(), reflect.TypeOf(out).Elem(), pipe}
}

// String describes a place, for the check of types at the other side.
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
