package runner

import (
	"encoding/binary"
	"io"
)

// Kind is the type of a frame between the front and a runner.
type Kind byte

const (
	// From the front.
	Begin Kind = 'b' // the first frame, with the flags Input and Capture
	Line  Kind = 'l' // a line that the reader typed

	// From the runner.
	Stdout  Kind = 'o' // text, only whole characters
	Stderr  Kind = 'e' // text, only whole characters
	Display Kind = 'd' // the content of a display_data message; empty if it is larger than DisplayLimit
	Ask     Kind = '?' // the program waits for input
	Exit    Kind = 'x' // the last frame: how the program failed, or empty if it succeeded
)

// Flags of Begin.
const (
	Input   = "i" // the reader can answer requests for input
	Capture = "c" // GoNB's %capture needs the output, too
)

// Write writes a frame.
func Write(w io.Writer, kind Kind, text []byte) error {
	frame := make([]byte, 5, 5+len(text))
	frame[0] = byte(kind)
	binary.BigEndian.PutUint32(frame[1:], uint32(len(text)))
	_, err := w.Write(append(frame, text...))
	return err
}

// Read reads a frame.
func Read(r io.Reader) (kind Kind, text []byte, err error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, err
	}
	text = make([]byte, binary.BigEndian.Uint32(head[1:]))
	_, err = io.ReadFull(r, text)
	return Kind(head[0]), text, err
}
