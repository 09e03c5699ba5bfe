// Package fromgonbui has GoNB's package gonbui show as package display does,
// in the course's kernel: in order with what the program prints, and without
// gonbui's goroutine that waits for GoNB and keeps Go from reporting a
// deadlock. The kernel adds it to every cell that imports gonbui; nobody else
// needs it.
//
// It puts its own encoder in place of the one with which gonbui would write to
// its pipe. Messages that are not displays, like those of widgets, go to GoNB.
package fromgonbui

import (
	"encoding/gob"
	"fmt"
	"os"
	_ "unsafe" // for go:linkname

	"github.com/janpfeifer/gonb/common"
	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"

	"multiprocessing/lib/internal/notebook"
)

// These are gonbui's own. It opens no pipe when it has both.
var (
	//go:linkname writerPipe github.com/janpfeifer/gonb/gonbui.gonbWriterPipe
	writerPipe *os.File
	//go:linkname readerPipe github.com/janpfeifer/gonb/gonbui.gonbReaderPipe
	readerPipe *os.File
	//go:linkname encoder github.com/janpfeifer/gonb/gonbui.gonbEncoder
	encoder *gob.Encoder
	//go:linkname syncRequests github.com/janpfeifer/gonb/gonbui.syncRequestsMap
	syncRequests map[int]*common.Latch // guarded by a lock that gonbui holds while it encodes
)

func init() {
	if !notebook.Direct() {
		return
	}
	r := &receiver{messages: make(chan []byte), handled: make(chan struct{})}
	go r.receive()
	<-r.handled
	writerPipe, readerPipe, encoder = os.Stdout, os.Stdin, gob.NewEncoder(r)
}

// receiver takes what gonbui encodes. Its goroutine waits for no pipe.
type receiver struct {
	messages chan []byte
	handled  chan struct{} // all that was written
	rest     []byte
}

// Write takes a part of what is encoded, and returns when it is handled.
func (r *receiver) Write(message []byte) (int, error) {
	r.messages <- message
	<-r.handled
	return len(message), nil
}

func (r *receiver) Read(b []byte) (int, error) {
	if len(r.rest) == 0 {
		r.handled <- struct{}{}
		r.rest = <-r.messages
	}
	n := copy(b, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func (r *receiver) receive() {
	decoder := gob.NewDecoder(r)
	for {
		var data protocol.DisplayData
		err := decoder.Decode(&data)
		if err == nil {
			err = handle(&data)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "gonbui:", err)
		}
	}
}

func handle(data *protocol.DisplayData) error {
	value, ok := data.Data[protocol.MIMECommValue].(protocol.CommValue)
	if number, isInt := value.Value.(int); ok && isInt && value.Address == protocol.GonbuiSyncAddress {
		if latch := syncRequests[number]; latch != nil {
			delete(syncRequests, number)
			latch.Trigger()
		}
		return nil
	}
	for _, kind := range []protocol.MIMEType{protocol.MIMECommValue, protocol.MIMECommSubscribe, protocol.MIMEJupyterInput} {
		if _, found := data.Data[kind]; found {
			return notebook.Relay(data, gonbui.OnCommValueUpdate)
		}
	}
	return notebook.Show(data)
}
