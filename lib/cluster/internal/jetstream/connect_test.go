package jetstream

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
)

// fakeServer speaks as much of NATS as a client needs to connect, and records
// how clients introduce themselves.
type fakeServer struct {
	listener net.Listener
	info     string
	heard    chan string

	mu    sync.Mutex
	conns []net.Conn // guarded by mu
}

func newFakeServer(t *testing.T, listener net.Listener, advertised ...string) *fakeServer {
	urls := ""
	if len(advertised) > 0 {
		urls = fmt.Sprintf(`,"connect_urls":["%s"]`, strings.Join(advertised, `","`))
	}
	s := &fakeServer{listener: listener, heard: make(chan string, 1000),
		info: `INFO {"server_id":"fake","version":"2.12.0","proto":1,"headers":true,"auth_required":true,"max_payload":1048576` + urls + "}\r\n"}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := s.listener.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.conns = append(s.conns, conn)
			s.mu.Unlock()
			serving.Go(func() { s.serve(conn) })
		}
	})
	t.Cleanup(func() {
		s.listener.Close()
		s.hangUp()
		serving.Wait()
	})
	return s
}

// serve answers a client's PING, and with INFO again: that is how servers tell
// of others that come later.
func (s *fakeServer) serve(conn net.Conn) {
	defer conn.Close()
	fmt.Fprint(conn, s.info)
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		switch word, _, _ := strings.Cut(lines.Text(), " "); word {
		case "CONNECT":
			s.heard <- lines.Text()
		case "PING":
			fmt.Fprint(conn, "PONG\r\n"+s.info)
		}
	}
}

func (s *fakeServer) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, conn := range s.conns {
		conn.Close()
	}
}

func listenSomewhere(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestNoSecretOfAURLIsShown(t *testing.T) {
	for urls, want := range map[string]string{
		"nats://127.0.0.1:4222":                    "nats://127.0.0.1:4222",
		"nats://secret@127.0.0.1:4":                "…@127.0.0.1:4",
		"nats://me:secret@host:4":                  "…@host:4",
		"nats://me:secret@secret@host":             "…@host",
		"nats://@host":                             "…@host",
		"nats://secret@a,nats://secret@b:1":        "…@a,…@b:1",
		"nats://a,tls://me:secret@b, nats://c":     "nats://a,…@b, nats://c",
		"nats://me:secret@se@cret@a,tls://secret@": "…@a,…@",
		"": "",
	} {
		if got := Redact(urls); got != want {
			t.Errorf("%q is shown as %q, want %q", urls, got, want)
		}
	}
}

// A client that lost its server has given the token to whichever other that
// server had told it of, readable on the way.
func TestAServerThatAnotherAdvertisesHearsNothing(t *testing.T) {
	for name, at := range map[string]func(host string) Address{
		"a token":           func(host string) Address { return Address{URL: "nats://" + host, Token: "secret"} },
		"a token in a URL":  func(host string) Address { return Address{URL: "nats://secret@" + host} },
		"a password in one": func(host string) Address { return Address{URL: "nats://me:secret@" + host} },
		"nothing":           func(host string) Address { return Address{URL: "nats://" + host} },
	} {
		t.Run(name, func(t *testing.T) {
			rogue := newFakeServer(t, listenSomewhere(t))
			first := newFakeServer(t, listenSomewhere(t), rogue.listener.Addr().String())
			l, err := at(first.listener.Addr().String()).Dial(t.Context(), "test", nil, func(error) {})
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			for range 4 { // each time another server would have its turn
				select {
				case said := <-first.heard:
					if name != "nothing" && !strings.Contains(said, "secret") {
						t.Errorf("the first server heard %s: does the test see what a client says?", said)
					}
				case said := <-rogue.heard:
					t.Fatalf("the advertised server heard %s", said)
				}
				first.hangUp()
			}
			if servers := l.conn.DiscoveredServers(); len(servers) > 0 {
				t.Errorf("the client would connect to %q", servers)
			}
		})
	}
}
