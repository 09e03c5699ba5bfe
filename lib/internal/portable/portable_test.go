package portable

import (
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"
)

type point struct{ X, Y float64 }

type list struct {
	Value int
	Next  *list
}

func TestValuesWithoutPointersArePlain(t *testing.T) {
	for _, v := range []any{1, 'a', 1.5, true, 2i, [3]int8{}, point{}, struct{}{}, time.Second} {
		if !IsPlain(reflect.TypeOf(v)) {
			t.Errorf("%T is not plain", v)
		}
	}
	for _, v := range []any{"", []int{}, map[int]int{}, &point{}, uintptr(0), time.Time{}, big.Int{}, [2]string{}} {
		if IsPlain(reflect.TypeOf(v)) {
			t.Errorf("%T is plain", v)
		}
	}
}

func TestWhatWouldNotArriveWholeIsRefused(t *testing.T) {
	for _, v := range []any{1, "", []point{}, list{}, time.Time{}, &big.Int{}, map[string][]int{}} {
		if err := Check(reflect.TypeOf(v)); err != nil {
			t.Errorf("%T: %v", v, err)
		}
	}
	for want, v := range map[string]any{
		"has a meaning only in the process that made it": []any{make(chan int)}[0],
		"field hidden of ":      struct{ Name, hidden string }{},
		"field F of ":           struct{ F []func() }{},
		"uintptr has a meaning": map[string]uintptr{},
		"has no fields, which gob ": []struct {
			S string
			E struct{}
		}{},
	} {
		if err := Check(reflect.TypeOf(v)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%T: %v, want %q", v, err, want)
		}
	}
}
