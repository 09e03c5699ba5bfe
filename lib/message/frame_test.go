package message

import (
	"bufio"
	"bytes"
	"net"
	"testing"

	"multiprocessing/lib/internal/portable"
)

// linkFor returns a link that encodes and decodes values of type T.
func linkFor[T any]() *link {
	c, err := portable.CodecOf[T]()
	if err != nil {
		panic(err)
	}
	return newLink(nil, c, c)
}

func FuzzAFrameThatIsReadIsTheOneThatWasWritten(f *testing.F) {
	f.Add(byte(put), []byte("payload"), []byte{1, 2})
	f.Add(byte(goodbye), []byte{}, []byte{})
	f.Fuzz(func(t *testing.T, k byte, payload, rest []byte) {
		a, b := net.Pipe()
		defer a.Close()
		defer b.Close()
		l := newLink(a, nil, nil)
		go func() {
			l.write(frame{kind(k), payload})
			a.Write(rest)
			a.Close()
		}()
		got, err := readFrame(bufio.NewReader(b))
		if valid := kind(k) >= hello && kind(k) <= goodbye; valid != (err == nil) {
			t.Fatalf("kind %d gives %v", k, err)
		} else if valid && (got.kind != kind(k) || !bytes.Equal(got.payload, payload)) {
			t.Errorf("wrote %d %q, read %v", k, payload, got)
		}
	})
}

func FuzzReadingNeverPanics(f *testing.F) {
	f.Add([]byte{byte(put), 4, 0, 0, 0, 'a', 'b'})
	f.Add([]byte{byte(put), 255, 255, 255, 255, 'a', 'b'})
	f.Fuzz(func(_ *testing.T, b []byte) {
		fr, _ := readFrame(bytes.NewReader(b))
		fr.reason()
		linkFor[order]().decode(b)
		linkFor[[2]int16]().decode(b)
		linkFor[string]().decode(b)
		decodeAddress(b, "queue of int")
	})
}

func FuzzValuesArriveAsTheyWere(f *testing.F) {
	f.Add("text", 5, []byte{1})
	f.Fuzz(func(t *testing.T, text string, n int, raw []byte) {
		type sample struct {
			Text string
			N    int
			Raw  []byte
		}
		l := linkFor[sample]()
		for range 3 { // in the same memory
			payload, err := l.encode(&sample{text, n, raw})
			must(t, err)
			got, err := value[sample](l.decode(payload))
			if err != nil || got.Text != text || got.N != n || !bytes.Equal(got.Raw, raw) {
				t.Fatal(got, err)
			}
		}
	})
}
