package remoteerror

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"testing"
)

// there returns err as another process gets it.
func there(t *testing.T, err error) error {
	t.Helper()
	got, failed := Decode(Encode(err, 1<<20))
	if failed != nil {
		t.Fatal(failed)
	}
	if got.Error() != err.Error() {
		t.Errorf("its text is %q, not %q", got, err)
	}
	return got
}

var errOwn = errors.New("own")

type missing struct{ ID int }

func (m missing) Error() string { return fmt.Sprintf("no %d", m.ID) }

type detailed struct {
	Where string
	Cause error
}

func (d *detailed) Error() string { return d.Where }
func (d *detailed) Unwrap() error { return d.Cause }

type closed struct{ secret string }

func (c closed) Error() string { return c.secret }

func TestIsFindsWhatWasWrapped(t *testing.T) {
	_, notThere := os.Open("/no/such/file")
	for _, sentinel := range []error{io.EOF, errOwn, context.Canceled, context.DeadlineExceeded, missing{7}, closed{"x"}} {
		for _, err := range []error{sentinel, fmt.Errorf("reading: %w", sentinel), errors.Join(errors.New("other"), sentinel), &detailed{"here", sentinel}} {
			if got := there(t, err); !errors.Is(got, sentinel) || errors.Is(got, fs.ErrExist) {
				t.Errorf("%T: %v is not %v", err, got, sentinel)
			}
		}
	}
	if got := there(t, fmt.Errorf("settings: %w", notThere)); !errors.Is(got, fs.ErrNotExist) || errors.Is(got, fs.ErrPermission) {
		t.Errorf("%v is not that a file does not exist", got)
	}
	if errors.Is(there(t, missing{7}), missing{8}) {
		t.Error("no 7 is no 8")
	}
}

func TestAsFindsValuesOfTypesThatMayTravel(t *testing.T) {
	got := there(t, fmt.Errorf("all: %w", errors.Join(missing{3}, &detailed{Where: "there"})))
	var m missing
	var d *detailed
	if !errors.As(got, &m) || m.ID != 3 {
		t.Errorf("got %v", m)
	}
	if !errors.As(got, &d) || d.Where != "there" {
		t.Errorf("got %v", d)
	}
	if c := (closed{"as it was"}); errors.As(got, &c) || errors.As(there(t, closed{"x"}), &c) || c.secret != "as it was" {
		t.Errorf("got %v", c)
	}
	var p *fs.PathError
	if errors.As(got, &p) {
		t.Errorf("got %v", p)
	}
}

// endless wraps itself; rude panics.
type endless struct{}

func (endless) Error() string { return "endless" }
func (endless) Unwrap() error { return endless{} }

type wide struct{}

func (wide) Error() string   { return "wide" }
func (wide) Unwrap() []error { return []error{wide{}, nil, wide{}, errOwn} }

type rude struct{ when string }

func (r rude) Error() string {
	if r.when == "Error" {
		panic("rude")
	}
	return "rude"
}
func (r rude) Unwrap() error {
	if r.when == "Unwrap" {
		panic("rude")
	}
	return rude{"Error"}
}

func TestErrorsOfAnyKindArrive(t *testing.T) {
	there(t, endless{})
	there(t, wide{})
	there(t, rude{"Unwrap"})
	there(t, rude{"wrapped"})
	got, failed := Decode(Encode(rude{"Error"}, 100))
	if failed != nil || !strings.Contains(got.Error(), "PANIC=Error method: rude") {
		t.Errorf("got %v, %v", got, failed)
	}
}

func TestLongErrorsAreCut(t *testing.T) {
	err := fmt.Errorf("%s: %w", strings.Repeat("é", 100), io.EOF)
	encoded := Encode(err, 101)
	got, failed := Decode(encoded)
	if failed != nil || got.Error() != strings.Repeat("é", 50)+" ..." || len(encoded) > 300 {
		t.Errorf("got %q in %d bytes, %v", got, len(encoded), failed)
	}
}

func FuzzDecodeNeverPanics(f *testing.F) {
	f.Add(Encode(fmt.Errorf("a: %w", missing{3}), 100))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, encoded []byte) {
		if err, failed := Decode(encoded); failed == nil {
			var m missing
			errors.As(err, &m)
			errors.Is(err, io.EOF)
			_ = err.Error()
		}
	})
}
