package notebook

import (
	"encoding/gob"
	"errors"
	"fmt"
	"sync"

	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// A page may send any JSON, and the kernel passes it on as these; a type that
// gob does not know would end the stream.
func init() {
	gob.Register(map[string]any{})
	gob.Register([]any{})
}

// listeners are called with what pages send.
var listeners = struct {
	sync.Mutex
	byAddress map[string]func(value any) // guarded by Mutex
	other     func(*protocol.CommValue)  // guarded by Mutex; gonbui's
}{byAddress: map[string]func(any){}}

// Listen has f called with every value that a page sends to the address,
// until stop is called. Calls come one after the other and hold up all other
// traffic: f must not wait, nor send. The value is what JSON makes of it, and
// whoever can reach the kernel can send it: check it.
//
// The kernel first tries to get a script of its own going in a page and waits
// 3 s if there is none, and so does Listen.
func Listen(address string, f func(value any)) (stop func(), err error) {
	sender.Lock()
	through := sender.send != nil
	sender.Unlock()
	if through {
		return nil, errors.New("gonbui reads what the page sends, after display.Through")
	}
	listeners.Lock()
	listeners.byAddress[address] = f
	listeners.Unlock()
	stop = func() {
		listeners.Lock()
		delete(listeners.byAddress, address)
		listeners.Unlock()
	}
	if err := subscribe(address); err != nil {
		stop()
		return nil, fmt.Errorf("listening to the page: %w", err)
	}
	return stop, nil
}

func subscribe(address string) error {
	return send(&protocol.DisplayData{Data: map[protocol.MIMEType]any{
		protocol.MIMECommSubscribe: protocol.CommSubscription{Address: address},
	}})
}

func deliver(got protocol.CommValue) {
	listeners.Lock()
	defer listeners.Unlock()
	if f := listeners.byAddress[got.Address]; f != nil {
		f(got.Value)
	} else if listeners.other != nil {
		go listeners.other(&got) // it waits for a lock that gonbui holds while it sends
	}
}
