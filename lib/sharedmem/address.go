package sharedmem

import (
	"bytes"
	"encoding/gob"
	"errors"
	"fmt"
	"math"
	"reflect"
)

// address is what another process needs to reach shared memory.
type address struct {
	Path         string   // of a file that only this user can open
	Token        [32]byte // identifies the memory that must be at Path
	What         string   // "array of int"
	Length, Size int      // elements, and bytes of each
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
	if a.Path == "" || a.Token == [32]byte{} || a.Length < 1 || a.Size < 4 || a.Length > (math.MaxInt-headerSize)/a.Size {
		return a, errors.New("invalid address: empty or out of range")
	}
	return a, nil
}

// sameMemory reports whether two addresses, perhaps from different processes,
// refer to the same memory.
func (a address) sameMemory(b address) bool {
	a.Path = b.Path
	return a == b
}

func arrayOf[T Number]() string { return "array of " + reflect.TypeFor[T]().String() }
func valueOf[T Number]() string { return "value of " + reflect.TypeFor[T]().String() }
