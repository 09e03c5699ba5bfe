package runner

import (
	"bytes"
	"strings"
	"testing"
)

// A stream is cut anywhere by reads. What comes out is whole, and the same.
func TestWhatIsReadInPartsComesOutWhole(t *testing.T) {
	text := "ä\x00€\x00displa 日本\x00display not a name\x00" + mark + "display-1" + markEnd + "é" + mark + "display-2" + markEnd + mark + strings.Repeat("x", 2*markLimit) + "€"
	want := strings.NewReplacer(mark+"display-1"+markEnd, "[display-1]", mark+"display-2"+markEnd, "[display-2]", "\x00display not a name\x00", "[not a name]").Replace(text)
	for size := 1; size <= len(text); size++ {
		var s stream
		var got bytes.Buffer
		for rest := []byte(text); len(rest) > 0; {
			n := min(size, len(rest))
			pieces, displays := s.take(bytes.Clone(rest[:n]), true)
			rest = rest[n:]
			for i, piece := range pieces {
				if !bytes.Equal(bytes.ToValidUTF8(piece, []byte("?")), piece) {
					t.Fatalf("in parts of %d: %q is cut", size, piece)
				}
				got.Write(piece)
				if i < len(displays) {
					got.WriteString("[" + displays[i] + "]")
				}
			}
		}
		got.Write(s.rest)
		if got.String() != want {
			t.Fatalf("in parts of %d: %q, want %q", size, got.String(), want)
		}
	}
}

func TestStandardErrorHasNoMarks(t *testing.T) {
	var s stream
	if pieces, displays := s.take([]byte(mark+"display-1"+markEnd), false); len(pieces) != 1 || len(displays) > 0 || len(s.rest) > 0 {
		t.Errorf("%q, %q, and %q is held back", pieces, displays, s.rest)
	}
}

func TestBytesThatAreNoCharacterAreNotHeldBack(t *testing.T) {
	for _, text := range []string{"a\xff", "\x80\x80\x80\x80\x80", "\xc0\xaf", "é\xe2\x28"} {
		var s stream
		if pieces, _ := s.take([]byte(text), true); string(pieces[0]) != text {
			t.Errorf("%q of %q, and %q is held back", pieces[0], text, s.rest)
		}
	}
}
