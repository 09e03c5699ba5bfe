package registered

import (
	"runtime"
	"slices"
	"strings"
	"testing"

	"multiprocessing/lib/internal/portable"
)

func add[T, R any](t *testing.T, name string, f func(T) R) {
	t.Helper()
	task, err := New(name, f)
	if err != nil {
		t.Fatal(err)
	}
	Add(task)
}

func double(n int) int {
	switch n {
	case 3:
		panic("three")
	case 4:
		runtime.Goexit()
	}
	return 2 * n
}

func TestATaskIsFoundByItsNameAndRunsOnBytes(t *testing.T) {
	add(t, "double", double)
	add(t, Own+"hidden", double)
	if names := Names(); !slices.Equal(names, []string{"double"}) {
		t.Errorf("the names are %q", names)
	}
	task, ok := Lookup("double")
	if !ok || task.Types != "int to int" || task.Function != "multiprocessing/lib/internal/registered.double" {
		t.Fatalf("got %+v", task)
	}
	if _, ok := Lookup(Own + "hidden"); ok {
		t.Error("a package's own program can be asked for")
	}
	if _, ok := Lookup("none"); ok {
		t.Error("a task that nobody has added is there")
	}
	items := func(list ...byte) (b []byte) {
		for _, n := range list {
			b = append(b, n, 0, 0, 0, 0, 0, 0, 0)
		}
		return b
	}
	if got, f := task.Run(t.Context(), items(1, 2), 2); f != nil || !slices.Equal(got, items(2, 4)) {
		t.Errorf("got %v, %+v", got, f)
	}
	for name, c := range map[string]struct {
		payload []byte
		count   int
		kind    Kind
		at      int
		text    string
	}{
		"panic":      {items(1, 3, 2), 3, Panicked, 1, "three"},
		"Goexit":     {items(4), 1, Panicked, 0, "runtime.Goexit"},
		"too few":    {items(1), 2, BadInput, 0, "8 bytes are too few for 2 values"},
		"too many":   {items(1, 2), 1, BadInput, 0, "got 16 bytes for 1 values"},
		"below zero": {nil, -1, BadInput, 0, "too few"},
	} {
		_, f := task.Run(t.Context(), c.payload, c.count)
		if f == nil || f.Kind != c.kind || f.At != c.at || !strings.Contains(f.Text, c.text) {
			t.Errorf("%s: got %+v", name, f)
		}
	}
}

// stubborn ends its goroutine when it is encoded or decoded, as its text says.
type stubborn struct{ text string }

func (s stubborn) GobEncode() ([]byte, error) {
	if s.text == "encoding" {
		runtime.Goexit()
	}
	return []byte(s.text), nil
}

func (s *stubborn) GobDecode(b []byte) error {
	if s.text = string(b); s.text == "decoding" {
		runtime.Goexit()
	}
	return nil
}

// rude ends its goroutine when it is printed.
type rude struct{}

func (rude) String() string { runtime.Goexit(); return "" }

func TestAWorkersGoroutineGoesOnWhateverMethodsOfATypeDo(t *testing.T) {
	t.Cleanup(func() { delete(tasks, "stubborn") })
	add(t, "stubborn", func(s stubborn) stubborn {
		switch s.text {
		case "encodes badly":
			s.text = "encoding"
		case "panics rudely":
			panic(rude{})
		}
		return s
	})
	task, _ := Lookup("stubborn")
	codec, err := portable.CodecOf[stubborn]()
	if err != nil {
		t.Fatal(err)
	}
	for text, kind := range map[string]Kind{"decoding": BadInput, "encodes badly": NoResult, "panics rudely": Panicked} {
		payload, err := codec.Encode(portable.Of([]stubborn{{text}}))
		if err != nil {
			t.Fatal(err)
		}
		if _, f := task.Run(t.Context(), payload, 1); f == nil || f.Kind != kind || !strings.Contains(f.Text, "Goexit") {
			t.Errorf("%s: got %+v", text, f)
		}
	}
}

func TestMoreValuesThanMemoryCanHoldAreAFailure(t *testing.T) {
	type large struct{ Names [1 << 40]string }
	codec, err := portable.CodecOf[large]()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := makeRoom(codec, 1<<20); err == nil || !strings.Contains(err.Error(), "allocating 1048576 values") {
		t.Errorf("got %v", err)
	}
}
