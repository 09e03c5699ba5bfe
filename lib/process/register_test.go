package process

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

// refusal returns what f panics with.
func refusal(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}

func refuse[T, R any](name string, f func(T) R) string {
	return fmt.Sprint(refusal(func() { Register(name, f) }))
}

func same[T any](v T) T { return v }

type (
	hidden   struct{ secret string }
	holder   struct{ Inner []hidden }
	function struct{ F func() }
	tree     struct {
		Value    string
		Children []*tree
	}
	stamp struct {
		At   time.Time // encodes itself
		Note string
	}
)

// These calls are refused, in package-level vars as they should be.
var refusals = map[string]string{
	"the name must not be empty":    refuse("", same[int]),
	`the name "twice" is taken`:     refuse("twice", same[int]) + refuse("twice", same[int]),
	`task "nil": f must not be nil`: refuse[int, int]("nil", nil),
	`its argument cannot be sent to another process: chan int has a meaning only in the process that made it`: refuse("chan", same[chan int]),
	`its argument cannot be sent to another process: func() has a meaning only in the process that made it`:   refuse("func", same[func()]),
	`its argument cannot be sent to another process: uintptr has a meaning only in the process that made it`:  refuse("uintptr", same[uintptr]),
	`field secret of process.hidden would be lost; begin its name with a capital letter`:                      refuse("hidden", func(h hidden) string { return h.secret }),
	`field Inner of process.holder: field secret of process.hidden would be lost`:                             refuse("holder", same[holder]),
	`field F of process.function: func() has a meaning only`:                                                  refuse("function", same[function]),
	`its result cannot be sent to another process: map[string]chan int`[:46]:                                  refuse("map", func(int) map[string]chan int { return nil }),
	"NewPool: called during package initialization":                                                           fmt.Sprint(refusal(func() { NewPool(context.Background(), 1) })),
}

// And these are not.
var (
	trees  = Register("tree", same[*tree])
	stamps = Register("stamp", same[stamp])
	_      = Register("bytes", same[map[string][]byte])
	_      = func() bool { Register("in a function of a var", same[int]); return true }()
)

// late is declared after the task that looks into it, and still there.
var (
	lookUp = Register("look up", func(name string) int { return late[name] })
	late   = map[string]int{"slide": 10}
)

func init() { Register("in func init", same[int]) }

func TestRegisterRefusesWhatCannotWork(t *testing.T) {
	for want, got := range refusals {
		if !strings.HasPrefix(strings.TrimPrefix(got, "<nil>"), "process: ") || !strings.Contains(got, want) {
			t.Errorf("panic value is %q, want it to contain %q", got, want)
		}
	}
}

func TestATaskFindsThePackageLevelVarsThatItNames(t *testing.T) {
	if got := mustMap(t, mustPool(t, 1), []string{"slide"}, lookUp); got[0] != 10 {
		t.Errorf("got %v", got)
	}
}

func TestTreesAndTypesThatEncodeThemselvesTravel(t *testing.T) {
	p := mustPool(t, 1)
	at := time.Date(2014, 11, 3, 19, 0, 0, 123, time.UTC)
	if got := mustMap(t, p, []stamp{{at, "PyData"}}, stamps)[0]; !got.At.Equal(at) || got.Note != "PyData" {
		t.Errorf("got %v", got)
	}
	in := &tree{"root", []*tree{{"left", nil}, {"right", []*tree{{"leaf", nil}}}}}
	if got := mustMap(t, p, []*tree{in}, trees)[0]; !reflect.DeepEqual(got, in) {
		t.Errorf("got %v", got)
	}
}

func TestOnlyTheNamesOfPackageInitializationAreTakenForIt(t *testing.T) {
	for name, want := range map[string]bool{
		"main.init":                          true,
		"main.init.0":                        true,
		"main.init.12":                       true,
		"example.com/some.where/lib/v2.init": true,
		"example.com/yaml%2ev3.init.0":       true,
		"main.main":                          false,
		"main.(*T).init":                     false,
		"main.T.init":                        false,
		"main.init.0.func1":                  false,
		"main.reinit":                        false,
		"init.main":                          false,
		"example.com/x.init/y.f":             false,
	} {
		if got := initFunction.MatchString(name); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}
