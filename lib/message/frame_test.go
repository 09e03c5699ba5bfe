package message

import (
	"bufio"
	"bytes"
	"net"
	"testing"
)

func FuzzAFrameThatIsReadIsTheOneThatWasWritten(f *testing.F) {
	f.Add(byte(put), true, []byte("payload"), []byte{1, 2})
	f.Add(byte(goodbye), false, []byte{}, []byte{})
	f.Fuzz(func(t *testing.T, k byte, anew bool, payload, rest []byte) {
		a, b := net.Pipe()
		defer a.Close()
		defer b.Close()
		l := newLink(a)
		go func() {
			l.write(frame{kind(k), anew, payload})
			a.Write(rest)
			a.Close()
		}()
		got, err := readFrame(bufio.NewReader(b))
		if valid := kind(k) >= hello && kind(k) <= goodbye; valid != (err == nil) {
			t.Fatalf("kind %d gives %v", k, err)
		} else if valid && (got.kind != kind(k) || got.anew != anew || !bytes.Equal(got.payload, payload)) {
			t.Errorf("wrote %d %v %q, read %v", k, anew, payload, got)
		}
	})
}

func FuzzReadingNeverPanics(f *testing.F) {
	f.Add([]byte{byte(put), 0, 4, 0, 0, 0, 'a', 'b'})
	f.Add([]byte{byte(put), 0, 255, 255, 255, 255, 'a', 'b'})
	f.Fuzz(func(_ *testing.T, b []byte) {
		fr, _ := readFrame(bytes.NewReader(b))
		fr.reason()
		for _, anew := range []bool{true, false} {
			decode[order](&stream{}, b, anew)
			decode[[2]int16](&stream{}, b, anew)
			decode[string](&stream{}, b, anew)
		}
		decodeAddress(b, "queue of int")
	})
}

func FuzzValuesArriveAsTheyWere(f *testing.F) {
	f.Add("text", 5, []byte{1})
	f.Fuzz(func(t *testing.T, text string, n int, raw []byte) {
		type value struct {
			Text string
			N    int
			Raw  []byte
		}
		var there, here stream
		for range 3 { // descriptions of types are sent once
			payload, anew, err := encode(&there, value{text, n, raw})
			must(t, err)
			got, err := decode[value](&here, payload, anew)
			if err != nil || got.Text != text || got.N != n || !bytes.Equal(got.Raw, raw) {
				t.Fatal(got, err)
			}
		}
	})
}
