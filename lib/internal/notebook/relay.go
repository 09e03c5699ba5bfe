package notebook

import (
	"encoding/gob"
	"sync/atomic"

	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// A page may send any JSON, and GoNB passes it on as these; a type that gob
// does not know would end the stream.
func init() {
	gob.Register(map[string]any{})
	gob.Register([]any{})
}

// relayed is called with what pages send to gonbui's widgets.
var relayed atomic.Pointer[func(*protocol.CommValue)]

// Relay sends a message of package gonbui that is not a display, as those of
// widgets, and has deliver called with what pages send to widgets.
func Relay(data *protocol.DisplayData, deliver func(*protocol.CommValue)) error {
	relayed.Store(&deliver)
	sender.Lock()
	defer sender.Unlock()
	if sender.failed == nil {
		sender.failed = open()
	}
	if sender.failed == nil {
		sender.failed = sender.conn.enc.Encode(data)
	}
	return sender.failed
}
