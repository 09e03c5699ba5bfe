package wire

import (
	"bytes"
	"strings"
	"testing"
)

var key = Key("a key")

func example() Message {
	m := New("execute_request", "session", Message{}, map[string]string{"code": "<b>"})
	m.Identities = [][]byte{[]byte("client")}
	m.Buffers = [][]byte{{1, 2}}
	return m
}

func TestAMessageIsReadAsItWasWritten(t *testing.T) {
	sent := example()
	got, err := key.Parse(key.Frames(sent))
	if err != nil {
		t.Fatal(err)
	}
	if got.Header != sent.Header || string(got.Content) != `{"code":"<b>"}` || string(got.Identities[0]) != "client" || !bytes.Equal(got.Buffers[0], sent.Buffers[0]) {
		t.Errorf("got %+v", got)
	}
	if string(got.Parent) != "{}" || got.ParentHeader() != (Header{}) {
		t.Errorf("a message that answers nothing has the parent %s", got.Parent)
	}
	if answer := New("execute_reply", "session", got, struct{}{}); answer.ParentHeader() != sent.Header {
		t.Errorf("an answer's parent is %+v", answer.ParentHeader())
	}
}

func TestWhatIsChangedOnTheWayIsRefused(t *testing.T) {
	for i := range key.Frames(example()) {
		frames := key.Frames(example())
		frames[i] = bytes.ToUpper(append([]byte("x"), frames[i]...))
		if _, err := key.Parse(frames); err == nil && i != 0 && i != len(frames)-1 { // whom it is from, and buffers, are not signed
			t.Errorf("frame %d was changed, and the message is taken", i)
		}
	}
}

func TestWhatIsMalformedIsRefused(t *testing.T) {
	signed := func(header, parent, metadata, content string) [][]byte {
		return key.Frames(Message{RawHeader: []byte(header), Parent: []byte(parent), Metadata: []byte(metadata), Content: []byte(content)})
	}
	const header = `{"msg_id": "1", "msg_type": "a"}`
	for name, frames := range map[string][][]byte{
		"nothing":           nil,
		"no delimiter":      {{1}, {2}},
		"parts missing":     signed(header, "{}", "{}", "{}")[:5],
		"no JSON":           signed(header, "{}", "{}", "{"),
		"no object":         signed(header, "{}", "[]", "{}"),
		"empty":             signed(header, "{}", "{}", " "),
		"a header of lists": signed(`{"msg_id": [1], "msg_type": "a"}`, "{}", "{}", "{}"),
		"no type":           signed(`{"msg_id": "1"}`, "{}", "{}", "{}"),
	} {
		if _, err := key.Parse(frames); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v, want one line", name, err)
		}
	}
}

func TestAMessageThatIsTooLongToBeKeptIsVerified(t *testing.T) {
	sent := example()
	for kept, want := range map[int]bool{0: false, 2: false, 3: false, 4: true, 5: true, 6: true, 7: true} {
		sent.Buffers = nil
		if kept == 7 { // a buffer is what is too long
			sent.Buffers = [][]byte{{1, 2}}
		}
		for _, content := range []string{`{"code":"<b>"}`, `{"code":"forged"}`} {
			frames := key.Frames(sent)
			frames[6] = []byte(content)
			rest := key.Rest(frames[:kept])
			for _, frame := range frames[kept:] {
				_, _ = rest.Write(frame)
			}
			m, err := rest.Message()
			if taken := err == nil && m.Header == sent.Header; taken != (want && content == string(sent.Content)) {
				t.Errorf("with %d frames kept, and the content %s: %+v, %v", kept, content, m.Header, err)
			}
			if size := len(bytes.Join(frames, nil)); rest.Size != size {
				t.Errorf("it has %d bytes, want %d", rest.Size, size)
			}
		}
	}
}

func TestWithoutAKeyNothingIsSigned(t *testing.T) {
	if _, err := Key(nil).Parse(Key(nil).Frames(example())); err != nil {
		t.Error(err)
	}
}

func TestAMessageIsNewOnce(t *testing.T) {
	var replays Replays
	first := example()
	if replays.Again(first) || !replays.Again(first) {
		t.Error("a message is not taken for new the first time, or for known the second")
	}
	for range 2 * remembered {
		if replays.Again(example()) {
			t.Fatal("a new message is taken for an old one")
		}
	}
	if len(replays.seen) != remembered || len(replays.ring) != remembered {
		t.Errorf("%d and %d are remembered, want %d", len(replays.seen), len(replays.ring), remembered)
	}
}

func FuzzParsingNeverPanicsAndTakesOnlyWhatIsSigned(f *testing.F) {
	for _, frames := range [][][]byte{key.Frames(example()), key.Frames(Message{}), {[]byte("<IDS|MSG>")}} {
		f.Add(bytes.Join(frames, []byte{0}))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		frames := bytes.Split(content, []byte{0})
		m, err := key.Parse(frames)
		if unsigned, without := Key(nil).Parse(frames); without == nil {
			_ = unsigned.ParentHeader()
		}
		if err == nil {
			if again, err := key.Parse(key.Frames(m)); err != nil || again.Header != m.Header {
				t.Errorf("taken, but written and read again it is %+v, %v", again, err)
			}
		}
	})
}
