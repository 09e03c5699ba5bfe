package download

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Delay says how long the server waits before it sends a file.
type Delay func(file int) time.Duration

// Always waits the same time before every file. It panics if d is negative.
func Always(d time.Duration) Delay {
	mustNotBeNegative("Always", d)
	return func(int) time.Duration { return d }
}

// Between waits a time between shortest and longest, another for each file;
// the same seed gives the same times. It panics if shortest is negative or
// above longest.
func Between(shortest, longest time.Duration, seed uint64) Delay {
	mustNotBeNegative("Between", shortest)
	if longest < shortest {
		panic(fmt.Sprintf("download: Between: the longest time must not be below the shortest, got %v and %v", shortest, longest))
	}
	return func(file int) time.Duration {
		r := rand.New(rand.NewPCG(seed, uint64(file)))
		return shortest + time.Duration(r.Int64N(int64(longest-shortest)+1))
	}
}

func mustNotBeNegative(operation string, d time.Duration) {
	if d < 0 {
		panic(fmt.Sprintf("download: %s: the time must not be negative, got %v", operation, d))
	}
}

// Server serves files on this machine. Make one with NewServer.
type Server struct {
	files    []File
	contents [][]byte
	delay    Delay
	http     *http.Server
	serving  sync.WaitGroup // the accepting goroutine
	handlers sync.WaitGroup // requests being served
	close    func() error

	mu     sync.Mutex
	closed bool  // guarded by mu; no new request may be served
	stats  Stats // guarded by mu
	now    int   // guarded by mu; requests waiting for their file
}

// Stats is what a server has seen.
type Stats struct {
	Served     int // files sent whole
	Canceled   int // requests that the client gave up
	MostAtOnce int // requests that waited for their file at the same time
}

// NewServer starts a server of so many files of size bytes each, whose
// contents are always the same. Close ends it. The error says why it cannot
// listen. It panics if files is below 1, size is below 0 or delay is nil.
func NewServer(files, size int, delay Delay) (*Server, error) {
	if files < 1 || size < 0 {
		panic(fmt.Sprintf("download: NewServer: there must be at least 1 file of at least 0 bytes, got %d of %d", files, size))
	}
	if delay == nil {
		panic("download: NewServer: delay must not be nil; try Always(0)")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("download: starting the server: %w", err)
	}
	s := &Server{delay: delay}
	for i := range files {
		s.add(fmt.Sprintf("http://%s/%d", listener.Addr(), i), randomContent(i, size))
	}
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
	s.serving.Go(func() { s.http.Serve(listener) })
	s.close = sync.OnceValue(s.shutDown)
	return s, nil
}

func (s *Server) add(url string, content []byte) {
	s.contents = append(s.contents, content)
	s.files = append(s.files, File{URL: url, Size: int64(len(content)), SHA256: sha256.Sum256(content)})
}

func randomContent(file, size int) []byte {
	var seed [32]byte
	copy(seed[:], fmt.Sprint("file ", file))
	content := make([]byte, size)
	rand.NewChaCha8(seed).Read(content)
	return content
}

// Files returns what there is to download.
func (s *Server) Files() []File { return append([]File(nil), s.files...) }

// Stats returns what the server has seen so far. A client may have its file
// a moment before the server has counted it; after Close all is counted.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stats
}

// Close ends the server, and with it the downloads that are under way.
// Closing again is harmless.
func (s *Server) Close() error { return s.close() }

func (s *Server) shutDown() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	err := s.http.Close() // cancels the handlers' contexts, but does not wait for them
	s.serving.Wait()
	s.handlers.Wait()
	if err != nil {
		return fmt.Errorf("download: closing the server: %w", err)
	}
	return nil
}

// ServeHTTP waits and sends the file whose number is the path.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	number, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/"))
	if err != nil || number < 0 || number >= len(s.files) {
		http.NotFound(w, r)
		return
	}
	if !s.come() {
		return
	}
	defer s.handlers.Done()
	sent := wait(r.Context(), s.delay(number))
	s.stopWaiting()
	if sent {
		_, err := w.Write(s.contents[number])
		sent = err == nil
	}
	s.count(sent)
}

// wait returns true after d, or false at once when ctx is done.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// come counts a request in, unless the server is closed.
func (s *Server) come() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.handlers.Add(1)
	s.now++
	s.stats.MostAtOnce = max(s.stats.MostAtOnce, s.now)
	return true
}

// stopWaiting comes before the file is sent: a client that has its file may
// ask for the next one before this goroutine goes on, and must not count as
// two.
func (s *Server) stopWaiting() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now--
}

func (s *Server) count(sent bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if sent {
		s.stats.Served++
	} else {
		s.stats.Canceled++
	}
}
