package zmtp

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const limit = 1 << 20

type received struct {
	identity string
	message  Message
	err      error
}

// listen starts a socket that is closed when the test ends, and returns what it receives.
func listen(t *testing.T, kind string) (*Server, string, chan received) {
	t.Helper()
	path, got := filepath.Join(t.TempDir(), "s"), make(chan received, 10)
	s, err := Listen(kind, "unix", path, limit, limit, func(identity []byte, m Message, err error) {
		got <- received{string(identity), m, err}
	}, func(Message) io.Writer { return new(bytes.Buffer) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		cancel()
		s.Close(ctx)
	})
	return s, path, got
}

func dial(t *testing.T, path, kind, identity string) *Conn {
	t.Helper()
	c, err := Dial("unix", path, kind, identity, limit)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestARouterAnswersWhomItHeard(t *testing.T) {
	s, path, got := listen(t, "ROUTER")
	a, b := dial(t, path, "DEALER", "a"), dial(t, path, "DEALER", "b")
	big := bytes.Repeat([]byte("x"), 100_000)
	if err := a.Write(Message{[]byte("one"), {}, big}); err != nil {
		t.Fatal(err)
	}
	r := <-got
	if r.identity != "a" || r.err != nil || len(r.message) != 3 || !bytes.Equal(r.message[2], big) {
		t.Errorf("got %d frames from %q, %v", len(r.message), r.identity, r.err)
	}
	for !s.Send([]byte("b"), Message{[]byte("two")}) { // until b has been entered
		time.Sleep(time.Millisecond)
	}
	if m, err := b.Read(); err != nil || string(m[0]) != "two" {
		t.Errorf("b read %q, %v", m, err)
	}
	if s.Send([]byte("c"), Message{[]byte("x")}) {
		t.Error("sent to a peer that is not there")
	}
}

func TestAMessageOverTheLimitIsSkippedAndTheNextIsRead(t *testing.T) {
	_, path, got := listen(t, "ROUTER")
	c := dial(t, path, "DEALER", "a")
	much := make([]byte, limit)
	for _, m := range []Message{{[]byte("head"), much, []byte("end")}, {[]byte("next")}} {
		if err := c.Write(m); err != nil {
			t.Fatal(err)
		}
	}
	var large TooLarge
	if r := <-got; !errors.As(r.err, &large) || len(r.message) != 1 || string(r.message[0]) != "head" {
		t.Errorf("got %d frames, %v", len(r.message), r.err)
	} else if rest := large.Rest.(*bytes.Buffer).Bytes(); !bytes.Equal(rest, append(much, "end"...)) {
		t.Errorf("%d bytes are passed on, want all %d after the first frame", len(rest), len(much)+3)
	}
	if r := <-got; r.err != nil || string(r.message[0]) != "next" {
		t.Errorf("got %q, %v", r.message, r.err)
	}
}

func TestSubscribersOfOneIdentityGetWhatTheyAskedFor(t *testing.T) {
	s, path, _ := listen(t, "PUB")
	all, some := dial(t, path, "SUB", "a session"), dial(t, path, "SUB", "a session")
	for c, topic := range map[*Conn]string{all: "\x01", some: "\x01some"} {
		if err := c.Write(Message{[]byte(topic)}); err != nil {
			t.Fatal(err)
		}
	}
	stop := make(chan struct{})
	defer close(stop)
	go func() { // until both have subscribed
		for {
			s.Publish(Message{[]byte("other")}, true)
			s.Publish(Message{[]byte("something")}, true)
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	if m, err := some.Read(); err != nil || string(m[0]) != "something" {
		t.Errorf("a subscriber to some got %q, %v", m, err)
	}
	for _, want := range []string{"other", "something"} {
		for {
			m, err := all.Read()
			if err != nil {
				t.Fatal(err)
			}
			if string(m[0]) == want {
				break
			}
		}
	}
}

func TestASubscriberThatDoesNotReadIsLeftBehind(t *testing.T) {
	s, path, _ := listen(t, "PUB")
	c := dial(t, path, "SUB", "")
	if err := c.Write(Message{{1}}); err != nil {
		t.Fatal(err)
	}
	message := Message{make([]byte, limit/4)}
	waiting := func() (bytes int) {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, p := range s.peers {
			p.mu.Lock()
			bytes += p.bytes
			p.mu.Unlock()
		}
		return bytes
	}
	for range 100 {
		s.Publish(message, true)
	}
	if n := waiting(); n > limit {
		t.Errorf("%d bytes wait for it, want at most %d", n, limit)
	}
	gone := func() bool { s.mu.Lock(); defer s.mu.Unlock(); return len(s.peers) == 0 }
	for deadline := time.Now().Add(10 * time.Second); !gone(); time.Sleep(time.Millisecond) {
		s.Publish(message, false)
		if n := waiting(); n > 2*limit+limit/2 || time.Now().After(deadline) {
			t.Fatalf("%d bytes wait for it, and it is still connected", n)
		}
	}
}

func TestPeersThatAreMuteOrNoneKeepNobodyOut(t *testing.T) {
	_, path, got := listen(t, "ROUTER")
	for _, greeting := range []string{"", "GET / HTTP/1.1\r\n\r\n", string(greeting())} {
		conn, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, greeting); err != nil {
			t.Fatal(err)
		}
	}
	if err := dial(t, path, "DEALER", "a").Write(Message{[]byte("here")}); err != nil {
		t.Fatal(err)
	}
	if r := <-got; string(r.message[0]) != "here" {
		t.Errorf("got %q", r.message)
	}
}

func TestAHeartbeatIsSentBack(t *testing.T) {
	_, path, _ := listen(t, "REP")
	c := dial(t, path, "REQ", "")
	if err := c.Write(Message{{}, []byte("ping")}); err != nil {
		t.Fatal(err)
	}
	if m, err := c.Read(); err != nil || len(m) != 2 || string(m[1]) != "ping" {
		t.Errorf("got %q, %v", m, err)
	}
}

func TestAnAbandonedSocketIsTaken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	old, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	if s, err := Listen("REP", "unix", path, limit, limit, nil, nil); err == nil {
		s.Close(t.Context())
		t.Fatal("a socket that is in use was taken")
	}
	old.(*net.UnixListener).SetUnlinkOnClose(false)
	old.Close()
	s, err := Listen("REP", "unix", path, limit, limit, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.Close(t.Context())
}

func TestWhatIsQueuedIsSentBeforeTheEnd(t *testing.T) {
	path, got := filepath.Join(t.TempDir(), "s"), make(chan bool, 1)
	s, err := Listen("ROUTER", "unix", path, limit, 100<<20, func([]byte, Message, error) { got <- true }, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := dial(t, path, "DEALER", "a")
	if err := c.Write(Message{[]byte("x")}); err != nil {
		t.Fatal(err)
	}
	<-got
	const n = 100
	for range n {
		s.Send([]byte("a"), Message{make([]byte, 100_000)})
	}
	read := make(chan int)
	go func() {
		for i := 0; ; i++ {
			if _, err := c.Read(); err != nil {
				read <- i
				return
			}
		}
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	s.Close(ctx)
	if i := <-read; i != n {
		t.Errorf("%d of %d messages came", i, n)
	}
}

// GoNB's library is the other end of half of the front's connections.
func TestItTalksToTheLibraryOfGoNB(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	router := zmq4.NewRouter(ctx)
	path := filepath.Join(t.TempDir(), "s")
	if err := router.Listen("ipc://" + path); err != nil {
		t.Fatal(err)
	}
	c := dial(t, path, "DEALER", "front")
	big := bytes.Repeat([]byte("y"), 70_000)
	if err := c.Write(Message{[]byte("ask"), big}); err != nil {
		t.Fatal(err)
	}
	m, err := router.Recv()
	if err != nil || len(m.Frames) != 3 || string(m.Frames[0]) != "front" || !bytes.Equal(m.Frames[2], big) {
		t.Fatalf("it received %d frames, %v", len(m.Frames), err)
	}
	if err := router.SendMulti(zmq4.NewMsgFrom([]byte("front"), []byte("answer"), big)); err != nil {
		t.Fatal(err)
	}
	if got, err := c.Read(); err != nil || string(got[0]) != "answer" || !bytes.Equal(got[1], big) {
		t.Errorf("received %d frames, %v", len(got), err)
	}
	c.Close()
	router.Close()
}

func FuzzAPeerMaySayAnything(f *testing.F) {
	f.Add(append(greeting(), append(head(flagCommand, 20), ready("DEALER", "a")...)...))
	f.Add([]byte("\x00\x01x\x01\x01y\x00\x01z"))
	f.Add([]byte("\x02\x40\x00\x00\x00\x00\x00\x00\x00"))
	f.Add([]byte("\x04\x06\x04PING\x00"))
	f.Fuzz(func(t *testing.T, content []byte) {
		ours, theirs := net.Pipe()
		defer ours.Close()
		go func() { _, _ = io.Copy(io.Discard, theirs) }()
		go func() { _, _ = theirs.Write(content); theirs.Close() }()
		if bytes.HasPrefix(content, []byte{0xff}) {
			_, _ = handshake(ours, "ROUTER", "", 1000)
			return
		}
		c := newConn(ours, 1000)
		for {
			m, err := c.Read()
			if m.Size() > 1000 || len(m) > maxFrames {
				t.Errorf("a message of %d bytes and %d frames was read", m.Size(), len(m))
			}
			if err != nil && !errors.As(err, new(TooLarge)) {
				return
			}
		}
	})
}

func FuzzReadyNeverPanics(f *testing.F) {
	f.Add(ready("DEALER", "a"))
	f.Fuzz(func(t *testing.T, body []byte) { _, _ = parseReady(body) })
}

func BenchmarkMessage(b *testing.B) {
	path, got := filepath.Join(b.TempDir(), "s"), make(chan bool, 1)
	s, err := Listen("ROUTER", "unix", path, limit, limit, func([]byte, Message, error) { got <- true }, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close(context.Background())
	c, err := Dial("unix", path, "DEALER", "a", limit)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	message := Message{[]byte("<IDS|MSG>"), make([]byte, 64), make([]byte, 200), make([]byte, 200), []byte("{}"), make([]byte, 100)}
	for b.Loop() {
		if err := c.Write(message); err != nil {
			b.Fatal(err)
		}
		<-got
	}
}
