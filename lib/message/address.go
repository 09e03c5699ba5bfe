package message

import (
	"bytes"
	"crypto/rand"
	"encoding/gob"
	"errors"
	"fmt"
	"reflect"
)

// address is what another process needs to reach a queue or an end.
type address struct {
	Socket string   // name of a Unix socket
	Token  [32]byte // who does not know it is not let in
	PID    int      // the process that listens
	What   string   // "queue of int"
}

// newAddress makes up a name and a token that nobody can guess.
func newAddress(what string, pid int) address {
	a := address{PID: pid, What: what}
	rand.Read(a.Token[:])
	return a
}

func (a address) encode() ([]byte, error) {
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(a)
	return b.Bytes(), err
}

// decodeAddress refuses what encode has not made, or made for another type.
func decodeAddress(b []byte, what string) (a address, err error) {
	if err := gob.NewDecoder(bytes.NewReader(b)).Decode(&a); err != nil {
		return a, fmt.Errorf("it is damaged: %w", err)
	}
	if a.What != what {
		return a, fmt.Errorf("it leads to a %s, wanted: %s", a.What, what)
	}
	if a.Socket == "" || a.PID < 1 || a.Token == [32]byte{} {
		return a, errors.New("it is damaged: the address is incomplete")
	}
	return a, nil
}

// describe names what a place is, for the check of types at the other side.
func (l *local[P, G]) describe() string {
	if l.pipe {
		return endOf[P, G]()
	}
	return "queue of " + reflect.TypeFor[P]().String()
}
