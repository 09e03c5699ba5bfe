package message

import (
	"context"
	"time"
)

// lane is the only connection on which this process puts, or gets, so that its
// items stay in order. One goroutine uses it at a time.
type lane struct {
	turn chan struct{} // full while a goroutine uses the lane
	link *link         // nil until it is needed
}

func newLane() lane { return lane{turn: make(chan struct{}, 1)} }

// take waits until the lane is free, and dials if necessary. leave must follow.
func (a *lane) take(ctx context.Context, dial func() (*link, error)) (*link, error) {
	select {
	case a.turn <- struct{}{}:
	default:
		select {
		case a.turn <- struct{}{}:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if a.link != nil {
		return a.link, nil
	}
	l, err := dial()
	if err != nil {
		a.leave()
		return nil, err
	}
	a.link = l
	return l, nil
}

func (a *lane) leave() { <-a.turn }

// drop closes the connection. The next take dials a new one.
func (a *lane) drop() {
	a.link.close()
	a.link = nil
}

// await reads the answer to a request for which the server may have to wait. If
// ctx ends first, await sends cancel; the server's answer then shows whether
// the request or the cancel came first.
func (l *link) await(ctx context.Context) (frame, error) {
	if ctx.Done() == nil || l.holdsFrame() {
		return l.read()
	}
	canceled := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(canceled)
		l.write(frame{kind: cancel})
		l.conn.SetReadDeadline(time.Now().Add(cancelTimeout))
	})
	answer, err := l.read()
	if !stop() {
		<-canceled
		l.conn.SetReadDeadline(time.Time{})
	}
	return answer, err
}
