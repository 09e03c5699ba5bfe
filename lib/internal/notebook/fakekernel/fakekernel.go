//go:build unix

// Package fakekernel stands in for the GoNB kernel in tests: it makes the two
// named pipes, decodes and acknowledges what a cell sends, and plays the page
// that sends something to the cell.
package fakekernel

import (
	"encoding/gob"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// Kernel collects what was displayed.
type Kernel struct {
	Out, Back string // the pipes' paths: GONB_PIPE and GONB_PIPE_BACK

	mu    sync.Mutex
	shown []map[protocol.MIMEType]any // guarded by mu
	ids   []string                    // guarded by mu; of what was shown
	heard []string                    // guarded by mu; addresses that the cell listens to
	syncs int                         // guarded by mu
	err   error                       // guarded by mu; why decoding ended, if not by EOF
	done  sync.WaitGroup
	back  chan protocol.CommValue
	ended chan struct{} // closed when the cell has closed its end
}

// Start makes the pipes and serves them until the test ends.
func Start(t testing.TB) *Kernel {
	t.Helper()
	dir := t.TempDir()
	k := &Kernel{Out: filepath.Join(dir, "out"), Back: filepath.Join(dir, "back")}
	for _, p := range []string{k.Out, k.Back} {
		if err := syscall.Mkfifo(p, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	k.back, k.ended = make(chan protocol.CommValue, 128), make(chan struct{})
	k.done.Go(k.read)
	k.done.Go(k.write)
	t.Cleanup(k.stop)
	return k
}

// Environ returns the variables that make a program a cell of this kernel.
func (k *Kernel) Environ() []string {
	return []string{protocol.GONB_PIPE_ENV + "=" + k.Out, protocol.GONB_PIPE_BACK_ENV + "=" + k.Back}
}

// Shown returns the bundles displayed so far, by MIME type.
func (k *Kernel) Shown() []map[protocol.MIMEType]any {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.shown
}

// IDs returns the ids under which they were displayed, "" for none.
func (k *Kernel) IDs() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.ids
}

// Heard returns the addresses that the cell asked to listen to.
func (k *Kernel) Heard() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.heard
}

// Tell sends a value to an address of the cell, as if a page had sent it.
func (k *Kernel) Tell(address string, value any) {
	k.back <- protocol.CommValue{Address: address, Value: value}
}

// Syncs returns how many acknowledgments were asked for.
func (k *Kernel) Syncs() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.syncs
}

// Err returns why the stream could not be decoded, nil if it could.
func (k *Kernel) Err() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.err
}

func (k *Kernel) read() {
	defer close(k.ended)
	f, err := os.Open(k.Out)
	if err != nil {
		return
	}
	defer f.Close()
	dec := gob.NewDecoder(f)
	for {
		var data protocol.DisplayData
		if err := dec.Decode(&data); err != nil {
			k.mu.Lock()
			if err.Error() != "EOF" {
				k.err = err
			}
			k.mu.Unlock()
			return
		}
		if v, ok := data.Data[protocol.MIMECommValue].(protocol.CommValue); ok && v.Address == protocol.GonbuiSyncAddress {
			k.mu.Lock()
			k.syncs++
			k.mu.Unlock()
			k.back <- protocol.CommValue{Address: protocol.GonbuiSyncAckAddress, Value: v.Value}
			continue
		}
		k.mu.Lock()
		if v, ok := data.Data[protocol.MIMECommSubscribe].(protocol.CommSubscription); ok {
			k.heard = append(k.heard, v.Address)
			k.mu.Unlock()
			continue
		}
		k.shown = append(k.shown, data.Data)
		k.ids = append(k.ids, data.DisplayID)
		k.mu.Unlock()
	}
}

func (k *Kernel) write() {
	f, err := os.OpenFile(k.Back, os.O_WRONLY, 0)
	if err != nil {
		return
	}
	defer f.Close()
	enc := gob.NewEncoder(f)
	for {
		select {
		case v := <-k.back:
			_ = enc.Encode(v)
		case <-k.ended:
			return
		}
	}
}

// stop frees the goroutines that still wait for a cell to open its ends.
func (k *Kernel) stop() {
	for _, p := range []string{k.Out, k.Back} {
		if f, err := os.OpenFile(p, os.O_RDWR|syscall.O_NONBLOCK, 0); err == nil {
			defer f.Close()
		}
	}
	if f, err := os.OpenFile(k.Out, os.O_WRONLY|syscall.O_NONBLOCK, 0); err == nil {
		f.Close()
	}
}
