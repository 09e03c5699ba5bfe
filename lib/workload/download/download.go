// Package download fetches files over HTTP from a server of its own, which
// takes its time: slide 11's "potentially blocking I/O procedure, like a
// download".
//
// Class: embarrassingly parallel, but bound by waiting, not by computing. A
// goroutine that waits for a server uses no core, so many downloads at once
// are faster even on one core; that is what slide 5's threads are good for.
// Each file travels from the server to its goroutine, nothing between
// goroutines.
//
//	server, err := download.NewServer(20, 1<<16, download.Always(50*time.Millisecond))
//	defer server.Close()
//	for _, file := range server.Files() {
//		content, err := download.Get(ctx, file) // waits 50 ms, checks the hash
//	}
//
// Serial is that loop, All the same with so many at once. The server listens
// on this machine only, and does wait: nothing is faked but the reason.
//
// Measured on 2 cores: 20 files of 64 KiB that the server sends after 20 ms
// take 420 ms one by one, 110 ms with 4 at once, 27 ms with 20 at once. A
// download without delay takes 0.2 to 0.35 ms (BenchmarkDownload).
package download

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"

	"multiprocessing/lib/internal/notnil"
)

// File is a file to download, and how to know that it is the right one.
type File struct {
	URL    string
	Size   int64    // bytes
	SHA256 [32]byte // of its content
}

// client makes a connection for each download and closes it after, so that
// nothing is left when Get returns, and every download waits as long as the
// first. It asks no proxy.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// Get downloads the file and checks its size and its hash. A deadline or
// canceling of ctx ends it at once. The error says what was wrong.
func Get(ctx context.Context, file File) ([]byte, error) {
	notnil.Context(ctx, "download: Get")
	content, err := get(ctx, file)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return nil, fmt.Errorf("download: %s: it took too long; allow more time: %w", file.URL, err)
	case err != nil:
		return nil, fmt.Errorf("download: %s: %w", file.URL, err)
	}
	return content, nil
}

func get(ctx context.Context, file File) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, file.URL, nil)
	if err != nil {
		return nil, cause(err)
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, cause(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the server answers %s", response.Status)
	}
	var content bytes.Buffer
	if _, err := io.Copy(&content, io.LimitReader(response.Body, file.Size+1)); err != nil {
		return nil, err
	}
	return content.Bytes(), file.check(content.Bytes())
}

// cause is err without the method and the URL, which Get's message names.
func cause(err error) error {
	if inner := errors.Unwrap(err); inner != nil {
		return inner
	}
	return err
}

func (f File) check(content []byte) error {
	if int64(len(content)) != f.Size {
		return fmt.Errorf("the content has another size than the %d bytes it should have", f.Size)
	}
	if got := sha256.Sum256(content); got != f.SHA256 {
		return fmt.Errorf("the content has SHA-256 %x, it should have %x; download it again", got, f.SHA256)
	}
	return nil
}
