package message

import (
	"bytes"
	"encoding/gob"
	"errors"
	"fmt"

	"multiprocessing/lib/internal/entropy"
)

// address is what another process needs to connect to a queue or an end.
type address struct {
	Socket string   // name of a Unix socket
	Token  [32]byte // the server refuses connections without it
	PID    int      // the process that listens
	What   string   // "queue of int"
}

// newAddress returns an address with a random token.
func newAddress(what string, pid int) address {
	a := address{PID: pid, What: what}
	entropy.Read(a.Token[:])
	return a
}

func (a address) encode() ([]byte, error) {
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(a)
	return b.Bytes(), err
}

// decodeAddress decodes an address. It refuses bytes that encode did not make,
// and addresses of another type.
func decodeAddress(b []byte, what string) (a address, err error) {
	if err := gob.NewDecoder(bytes.NewReader(b)).Decode(&a); err != nil {
		return a, fmt.Errorf("invalid address: %w", err)
	}
	if a.What != what {
		return a, fmt.Errorf("got the address of: %s; want: %s", a.What, what)
	}
	if a.Socket == "" || a.PID < 1 || a.Token == [32]byte{} {
		return a, errors.New("invalid address: incomplete")
	}
	return a, nil
}

// encodePlace returns the address of a place.
func encodePlace(at place, what, maker string) (b []byte, err error) {
	if at == nil {
		err = fmt.Errorf("it is zero; make it with %s", maker)
	} else {
		b, err = at.address()
	}
	return b, during("sending "+what, err)
}

// decodePlace sets at to the place that has the address b.
func decodePlace(at *place, b []byte, t types) error {
	what, short := "a queue", "a queue"
	if t.pipe {
		what, short = "an end of a pipe", "an end"
	}
	if *at != nil {
		return during("receiving "+what, fmt.Errorf("there is %s already; decode into a zero one", short))
	}
	c, err := connect(b, t)
	if err == nil && t.pipe {
		err = c.attach()
	}
	if err == nil {
		*at = c
	}
	return during("receiving "+what, err)
}
