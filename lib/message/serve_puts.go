package message

import (
	"context"
	"fmt"
)

// puts is the server's side of a connection for puts.
type puts struct {
	*link
	intake *intake
}

func (s *server) servePuts(l *link) {
	words, err := l.share()
	if err != nil {
		return
	}
	defer words.Close()
	p := &puts{link: l, intake: &intake{ledger: words}}
	p.intake.wake = func() { l.write(frame{kind: creditReady}) } // the frame is so short that write does not block
	s.of.into.join(p.intake)
	defer p.intake.end()
	l.listen(p.handle)
}

func (p *puts) handle(f frame) error {
	switch f.kind {
	case put:
		p.intake.receive(p.decode(f.payload))
	case want:
		p.intake.want()
	case cancel:
		p.intake.cancel(func() { p.write(failure(context.Canceled)) })
	default:
		return fmt.Errorf("invalid frame of kind %d on a connection for puts", f.kind)
	}
	return nil
}
