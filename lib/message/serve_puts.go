package message

import (
	"context"
	"fmt"
)

// puts is the server's side of a connection on which another process puts.
type puts[P any] struct {
	*link
	intake *intake[P]
}

func (s *server[P, G]) servePuts(l *link) {
	words, err := l.share()
	if err != nil {
		return
	}
	defer words.Close()
	p := &puts[P]{link: l, intake: &intake[P]{ledger: words}}
	p.intake.wake = func() { l.write(frame{kind: room}) } // so short that it never waits
	s.of.into.join(p.intake)
	defer p.intake.end()
	l.listen(p.hear)
}

func (p *puts[P]) hear(f frame) error {
	switch f.kind {
	case put:
		p.intake.receive(decode[P](f.payload))
	case want:
		p.intake.want()
	case cancel:
		p.intake.cancel(func() { p.write(failure(context.Canceled)) })
	default:
		return fmt.Errorf("a message of kind %d among puts", f.kind)
	}
	return nil
}
