package message

import (
	"context"
	"fmt"
)

// puts is the server's side of a connection for puts.
type puts struct {
	*link
	remotePutter *remotePutter
}

func (s *server) servePuts(l *link) {
	words, err := l.share()
	if err != nil {
		return
	}
	defer words.Close()
	p := &puts{link: l, remotePutter: &remotePutter{ledger: words}}
	p.remotePutter.wake = func() { l.write(frame{kind: creditReady}) } // the frame is so short that write does not block
	s.of.into.join(p.remotePutter)
	defer p.remotePutter.end()
	l.listen(p.handle)
}

func (p *puts) handle(f frame) error {
	switch f.kind {
	case put:
		p.remotePutter.receive(p.decode(f.payload))
	case want:
		p.remotePutter.want()
	case cancel:
		p.remotePutter.cancel(func() { p.write(failure(context.Canceled)) })
	default:
		return fmt.Errorf("invalid frame of kind %d on a connection for puts", f.kind)
	}
	return nil
}
