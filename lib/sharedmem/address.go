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
	Token        [32]byte // which memory must be found there
	What         string   // "array of int"
	Length, Size int      // elements, and bytes of each
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
		return a, fmt.Errorf("it leads to: %s; wanted: %s", a.What, what)
	}
	if a.Path == "" || a.Token == [32]byte{} || a.Length < 1 || a.Size < 4 || a.Length > (math.MaxInt-headerSize)/a.Size {
		return a, errors.New("it is damaged: the address makes no sense")
	}
	return a, nil
}

// sameMemory reports whether two addresses, perhaps of different processes,
// lead to the same memory.
func (a address) sameMemory(b address) bool {
	a.Path = b.Path
	return a == b
}

func arrayOf[T Number]() string   { return "array of " + reflect.TypeFor[T]().String() }
func valueOf[T Number]() string   { return "value of " + reflect.TypeFor[T]().String() }
func shardedOf[T Number]() string { return "sharded " + reflect.TypeFor[T]().String() }
