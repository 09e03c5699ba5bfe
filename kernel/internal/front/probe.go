package front

import (
	"time"

	"multiprocessing/kernel/internal/wire"
)

// probe is the state of requesting GoNB's kernel info, which is repeated until GoNB has both replied and published.
// Only then are no messages lost.
type probe struct{ replied, published, ready bool }

const (
	probeID    = "front-probe"
	probeAgain = 20 * time.Millisecond
)

// attach connects to GoNB and starts to read its messages.
func (f *front) attach() {
	if err := f.backend.connect(); err != nil {
		f.post(func() { f.stop(err) })
		return
	}
	go f.read(f.backend.iopub, f.published)
	go f.read(f.backend.shell, f.replied)
	go f.read(f.backend.stdin, f.asked)
	f.post(f.sendProbe)
}

func (f *front) sendProbe() {
	if f.probe.ready {
		return
	}
	f.toGoNB(f.backend.shell, wire.Message{Header: wire.Header{ID: probeID, Session: f.session, Type: "kernel_info_request", Version: wire.Version}}, struct{}{})
	f.after(probeAgain, f.sendProbe)
}

// probed is called when GoNB has replied to the probe or published its status. After both, it serves waiting requests.
func (f *front) probed() {
	if f.probe.ready || !f.probe.published || !f.probe.replied {
		return
	}
	f.probe.ready = true
	waiting := f.waiting
	f.waiting = nil
	for _, r := range waiting {
		f.accept(r)
	}
}
