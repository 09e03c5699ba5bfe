// Package notebook sends rich output to the GoNB kernel that runs this
// program as a cell.
//
// In the course's kernel it writes files, and marks to standard output (see
// Direct). In GoNB alone it speaks GoNB's display protocol over the two named
// pipes that GoNB gives each cell, and imports only the protocol's types: the
// package gonbui, which does the same, brings 151 packages into each cell that
// shows something. There each Send waits until GoNB says that it has handled
// the message, so nothing is lost when the cell ends, panics or exits right
// after.
//
// GoNB has one decoder for each pipe and gob streams cannot be mixed:
// two senders in one program would spoil each other's output. A program that
// also uses gonbui hands its functions over with Through.
package notebook

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// Patience is how long Open waits for the kernel's end of a pipe, and Send
// for its answer. Both take well under a millisecond; the limit only
// keeps a cell whose kernel has exited from hanging.
var Patience = 30 * time.Second

// Inside reports whether this program was started by a GoNB kernel.
func Inside() bool { return os.Getenv(protocol.GONB_PIPE_ENV) != "" }

// Bundle is one piece of output in several forms, by MIME type; the front end
// shows the richest that it can.
type Bundle map[protocol.MIMEType]string

// sender is the program's one way to the kernel.
var sender struct {
	sync.Mutex
	conn   *Conn // guarded by Mutex, as all of these
	failed error // the first failure: a broken stream stays broken
	send   func(*protocol.DisplayData)
	flush  func()
}

// Through has all later output go through send and flush, which are
// gonbui.SendData and gonbui.Sync, in a program that uses gonbui as well. It
// is an error if output was already sent.
func Through(send func(*protocol.DisplayData), flush func()) error {
	if Direct() {
		return nil // both go to the same place
	}
	sender.Lock()
	defer sender.Unlock()
	if sender.conn != nil {
		return errors.New("output was already sent; call it before anything is shown")
	}
	sender.send, sender.flush = send, flush
	return nil
}

// Send shows b as output of the cell and returns when the kernel has it.
func Send(b Bundle) error { return Update("", b) }

// Update does the same and, if something was shown under that id before,
// puts b in its place.
func Update(id string, b Bundle) error {
	data := &protocol.DisplayData{Data: make(map[protocol.MIMEType]any, len(b)), DisplayID: id}
	for mime, content := range b {
		data.Data[mime] = content
	}
	return Show(data)
}

// Show shows data.
func Show(data *protocol.DisplayData) error {
	if Direct() {
		return print(data)
	}
	return send(data)
}

// send sends data through the program's one sender.
func send(data *protocol.DisplayData) error {
	sender.Lock()
	defer sender.Unlock()
	if sender.send != nil {
		sender.send(data)
		sender.flush()
		return nil
	}
	if sender.failed == nil {
		sender.failed = sendLocked(data)
	}
	return sender.failed
}

func sendLocked(data *protocol.DisplayData) error {
	if err := open(); err != nil {
		return err
	}
	return sender.conn.Send(data)
}

// open opens the sender's connection, if it is not open. The lock is held.
func open() error {
	if sender.conn != nil {
		return nil
	}
	out, back := os.Getenv(protocol.GONB_PIPE_ENV), os.Getenv(protocol.GONB_PIPE_BACK_ENV)
	if opened(out) {
		return errors.New("gonbui already sends output from this program; first call display.Through(gonbui.SendData, gonbui.Sync)")
	}
	conn, err := Open(out, back)
	if err != nil {
		return err
	}
	sender.conn = conn
	return nil
}

// opened reports whether something else in this program has path open, where the
// system can tell.
func opened(path string) bool {
	links, _ := filepath.Glob("/proc/self/fd/*")
	for _, l := range links {
		if target, err := os.Readlink(l); err == nil && target == path {
			return true
		}
	}
	return false
}

// Conn is a connection to the kernel. It has one encoder and one decoder and
// is open until the program ends, because the kernel opens its ends once.
type Conn struct {
	out, back *os.File
	enc       *gob.Encoder
	asked     int           // number of the last sync request
	answers   chan int      // numbers of the sync requests that were answered
	ended     chan struct{} // closed when nothing more will be read
	why       error         // why; set before ended is closed
}

// Open opens the pipes, in the order in which gonbui does.
func Open(out, back string) (*Conn, error) {
	w, err := openPipe(out, os.O_WRONLY)
	if err != nil {
		return nil, err
	}
	r, err := openPipe(back, os.O_RDONLY)
	if err != nil {
		w.Close()
		return nil, err
	}
	c := &Conn{out: w, back: r, enc: gob.NewEncoder(w), answers: make(chan int, 1), ended: make(chan struct{})}
	go c.receive()
	return c, nil
}

// openPipe opens a named pipe, which blocks until its other end is opened too.
func openPipe(path string, flag int) (*os.File, error) {
	type result struct {
		f   *os.File
		err error
	}
	opened := make(chan result, 1)
	go func() {
		f, err := os.OpenFile(path, flag, 0)
		opened <- result{f, err}
	}()
	select {
	case r := <-opened:
		if r.err != nil {
			return nil, fmt.Errorf("opening the pipe to the notebook: %w", r.err)
		}
		return r.f, nil
	case <-time.After(Patience):
		// The goroutine stays: an open that blocks cannot be called off.
		return nil, fmt.Errorf("opening the pipe to the notebook: the kernel did not open %s in %v", path, Patience)
	}
}

// Close closes both pipes and waits for the goroutine that reads.
func (c *Conn) Close() error {
	err := errors.Join(c.out.Close(), c.back.Close())
	<-c.ended
	return err
}

// Send writes data and then asks the kernel to answer. The kernel handles
// messages in order, so its answer means that it has handled data too.
func (c *Conn) Send(data *protocol.DisplayData) error {
	// Not every system has deadlines on pipes; without one Send waits longer.
	_ = c.out.SetWriteDeadline(time.Now().Add(Patience))
	c.asked++
	request := protocol.CommValue{Address: protocol.GonbuiSyncAddress, Value: c.asked}
	for _, d := range []*protocol.DisplayData{data, {Data: map[protocol.MIMEType]any{protocol.MIMECommValue: request}}} {
		if err := c.enc.Encode(d); err != nil {
			return fmt.Errorf("sending output to the notebook: %w", err)
		}
	}
	return c.await(c.asked)
}

// await waits until the kernel acknowledges request n.
func (c *Conn) await(n int) error {
	limit := time.NewTimer(Patience)
	defer limit.Stop()
	for {
		select {
		case answered := <-c.answers:
			if answered == n {
				return nil
			}
		case <-c.ended:
			return fmt.Errorf("waiting for the notebook: %w", c.why)
		case <-limit.C:
			return fmt.Errorf("waiting for the notebook: no answer in %v", Patience)
		}
	}
}

// answered passes n on, in place of an answer that came too late for its Send.
func (c *Conn) answered(n int) {
	select {
	case <-c.answers:
	default:
	}
	c.answers <- n
}

// receive reads the answers to sync requests, and what pages send to gonbui's
// widgets, until the pipe ends.
func (c *Conn) receive() {
	defer close(c.ended)
	dec := gob.NewDecoder(c.back)
	for {
		var got protocol.CommValue
		if c.why = dec.Decode(&got); c.why != nil {
			if errors.Is(c.why, io.EOF) {
				c.why = errors.New("the kernel closed the pipe")
			}
			return
		}
		if n, ok := got.Value.(int); ok && got.Address == protocol.GonbuiSyncAckAddress {
			c.answered(n)
		} else if deliver := relayed.Load(); deliver != nil {
			go (*deliver)(&got) // it waits for a lock that gonbui holds while it sends
		}
	}
}
