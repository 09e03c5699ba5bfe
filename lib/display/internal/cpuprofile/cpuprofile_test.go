package cpuprofile

import (
	"bytes"
	"compress/gzip"
	"runtime/pprof"
	"strings"
	"testing"
	"time"
)

//go:noinline
func outer(until time.Time) int { return inner(until) + 1 }

//go:noinline
func inner(until time.Time) (n int) {
	for time.Now().Before(until) {
		n++
	}
	return n
}

// profileOf is a real one, of at least the given number of samples.
func profileOf(t testing.TB, samples int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := pprof.StartCPUProfile(&b); err != nil {
		t.Skip("another profile is being taken: ", err)
	}
	outer(time.Now().Add(time.Duration(samples) * 10 * time.Millisecond))
	pprof.StopCPUProfile()
	return b.Bytes()
}

func TestARealProfileIsRead(t *testing.T) {
	text := profileOf(t, 30)
	samples, err := Read(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var all, ours time.Duration
	for _, s := range samples {
		all += s.CPU
		stack := strings.Join(s.Stack, " ")
		o, i := strings.Index(stack, "cpuprofile.outer"), strings.Index(stack, "cpuprofile.inner")
		if o >= 0 && i > o {
			ours += s.CPU
		}
	}
	// Not every system takes samples, and none promises how many.
	if len(samples) > 0 && (ours == 0 || ours > all) {
		t.Errorf("%v of %v in outer, inner", ours, all)
	}
}

// message writes fields: numbers as they are, strings and messages as bodies.
func message(fields ...any) []byte {
	var b []byte
	for i := 0; i < len(fields); i += 2 {
		number := byte(fields[i].(int))
		switch v := fields[i+1].(type) {
		case int:
			b = append(b, number<<3, byte(v))
		case []byte:
			b = append(append(b, number<<3|2, byte(len(v))), v...)
		case string:
			b = append(append(b, number<<3|2, byte(len(v))), v...)
		}
	}
	return b
}

// handmade has one stack main.a > main.b, b inlined into a, packed and not.
func handmade() []byte {
	return message(
		6, "", 6, "main.a", 6, "main.b",
		5, message(1, 1, 2, 1), 5, message(1, 2, 2, 2),
		4, message(1, 7, 4, message(1, 2, 2, 55), 4, message(1, 1)),
		2, message(1, []byte{7}, 2, []byte{3, 100}),
		2, message(1, 7, 2, 1, 2, 50),
	)
}

func TestPackedAndSingleNumbersAndInlinedFunctions(t *testing.T) {
	got, err := parse(handmade())
	if err != nil || len(got) != 2 || got[0].CPU != 100 || got[1].CPU != 50 || strings.Join(got[0].Stack, " ") != "main.a main.b" {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestADamagedProfileIsAnError(t *testing.T) {
	good := handmade()
	for _, text := range [][]byte{good[:len(good)-1], {0x80}, {0x0f}, {0x12, 0x7f}, {0x09, 1}, {0x12, 2, 0x0a, 5}} {
		if _, err := parse(text); err == nil {
			t.Errorf("%x passed", text)
		}
	}
	for _, text := range []string{"", "no gzip"} {
		if _, err := Read(strings.NewReader(text)); err == nil || !strings.HasPrefix(err.Error(), "reading a CPU profile: ") {
			t.Errorf("got %v", err)
		}
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(good)
	_ = z.Flush() // and no end
	if _, err := Read(&b); err == nil {
		t.Error("half a file passed")
	}
}

// Whatever the bytes are, reading ends.
func FuzzParse(f *testing.F) {
	f.Add(handmade())
	f.Add([]byte{0x12, 2, 0x0a, 5})
	f.Fuzz(func(t *testing.T, text []byte) {
		samples, err := parse(text)
		if err != nil && samples != nil {
			t.Error("samples with an error")
		}
		for _, s := range samples {
			if len(s.Stack) > maxDepth {
				t.Errorf("%d functions", len(s.Stack))
			}
		}
	})
}
