// Package remoteerror sends the error of a task to another process, where
// errors.Is and errors.As work as in the process of the task:
//
//   - errors.Is compares types and texts, because a sentinel, for example
//     io.EOF, is a different pointer in another process;
//   - errors.As copies the value, if values of its type may be sent between
//     processes: see process.Register. Of other errors only the text is sent.
//
// Other methods than Error and Unwrap are not available, except those of
// syscall.Errno, which package os needs.
package remoteerror

import (
	"context"
	"encoding/binary"
	"fmt"
	"reflect"
	"strings"
	"syscall"

	"multiprocessing/lib/internal/caught"
	"multiprocessing/lib/internal/portable"
)

// node is an error and the errors that it wraps.
type node struct {
	Type  string
	Text  string
	Value []byte // nil if the value cannot be sent
	Wraps []node
}

var nodes, _ = portable.CodecOf[node]()

// Limits, for errors that wrap themselves or very many errors.
const (
	maxDepth = 50
	maxNodes = 200
)

// Encode returns err as bytes. maxBytes limits the total size of texts and
// values; the rest is cut off. If a method of err panics, the text says so.
func Encode(err error, maxBytes int) []byte {
	e := encoder{nodes: maxNodes, bytes: maxBytes}
	root := node{Type: typeName(reflect.TypeOf(err)), Text: e.cut(caught.Text("%v", err))}
	_ = caught.Call(context.Background(), func() error { // if a method panics, root stays as far as it is complete
		e.complete(&root, err, 0)
		return nil
	})
	encoded, failed := nodes.Encode(portable.Of([]node{root}))
	if failed != nil { // not possible: a node has strings and bytes only
		panic(failed)
	}
	return encoded
}

type encoder struct{ nodes, bytes int } // remaining limits

func (e *encoder) cut(text string) string {
	if len(text) > e.bytes {
		text = strings.ToValidUTF8(text[:e.bytes], "") + " ..."
		e.bytes = 0
		return text
	}
	e.bytes -= len(text)
	return text
}

// complete sets the value of n, the node of err, and the nodes that it wraps.
func (e *encoder) complete(n *node, err error, depth int) {
	if value := encodeValue(err); len(value) <= e.bytes {
		n.Value = value
		e.bytes -= len(value)
	}
	for _, wrapped := range unwrap(err) {
		if wrapped == nil || depth == maxDepth || e.nodes == 0 || e.bytes == 0 {
			continue
		}
		e.nodes--
		n.Wraps = append(n.Wraps, node{Type: typeName(reflect.TypeOf(wrapped)), Text: e.cut(wrapped.Error())})
		e.complete(&n.Wraps[len(n.Wraps)-1], wrapped, depth+1)
	}
}

func unwrap(err error) []error {
	switch w := err.(type) {
	case interface{ Unwrap() error }:
		return []error{w.Unwrap()}
	case interface{ Unwrap() []error }:
		return w.Unwrap()
	}
	return nil
}

// encodeValue returns nil if values of the type, or this value, cannot be sent.
func encodeValue(err error) []byte {
	if e, ok := err.(syscall.Errno); ok {
		return binary.AppendUvarint(nil, uint64(e))
	}
	t := reflect.TypeOf(err)
	codec, refused := portable.CodecFor(t)
	if refused != nil {
		return nil
	}
	p := reflect.New(t)
	p.Elem().Set(reflect.ValueOf(err))
	value, failed := codec.Encode(portable.At(p.Interface()))
	if failed != nil {
		return nil
	}
	return append([]byte{}, value...)
}

// typeName returns a name for t that is the same in every process of a program.
func typeName(t reflect.Type) string {
	stars := ""
	for t.Kind() == reflect.Pointer && t.Name() == "" {
		stars += "*"
		t = t.Elem()
	}
	if t.Name() == "" {
		return stars + t.String()
	}
	return stars + t.PkgPath() + "." + t.Name()
}

// Decode returns an error that behaves like the argument of Encode, see the
// package documentation. failed is not nil if encoded does not come from
// Encode.
func Decode(encoded []byte) (err, failed error) {
	var root [1]node
	if failed := nodes.Decode(encoded, portable.Of(root[:])); failed != nil {
		return nil, fmt.Errorf("reading an error of another process: %w", failed)
	}
	return root[0].error(), nil
}

var errnoType = typeName(reflect.TypeFor[syscall.Errno]())

func (n *node) error() error {
	if n.Type == errnoType && n.Value != nil {
		e, _ := binary.Uvarint(n.Value)
		return syscall.Errno(e)
	}
	r := &remote{node: *n}
	for i := range n.Wraps {
		r.wraps = append(r.wraps, n.Wraps[i].error())
	}
	return r
}

// remote is an error that was returned in another process.
type remote struct {
	node
	wraps []error
}

func (r *remote) Error() string   { return r.Text }
func (r *remote) Unwrap() []error { return r.wraps }

// Is reports whether target has the type and the text of the error.
func (r *remote) Is(target error) bool {
	return typeName(reflect.TypeOf(target)) == r.Type && target.Error() == r.Text
}

// As sets target to the error if it has the type that target points to.
func (r *remote) As(target any) bool {
	t := reflect.TypeOf(target).Elem()
	if r.Value == nil || typeName(t) != r.Type {
		return false
	}
	codec, refused := portable.CodecFor(t)
	if refused != nil {
		return false
	}
	value := reflect.New(t) // if decoding fails, target stays unchanged
	if codec.Decode(r.Value, portable.At(value.Interface())) != nil {
		return false
	}
	reflect.ValueOf(target).Elem().Set(value.Elem())
	return true
}
