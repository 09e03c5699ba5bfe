package message

import (
	"context"
	"time"
)

// lane is the one connection on which this process puts, or gets, so that
// its items stay in order. Its users take turns.
type lane struct {
	turn chan struct{} // holds something while it is somebody's turn
	link *link         // nil until it is needed
}

func newLane() lane { return lane{turn: make(chan struct{}, 1)} }

// take waits for a turn, which ends with leave.
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

// drop gives the connection up. The next turn has a new one.
func (a *lane) drop() {
	a.link.close()
	a.link = nil
}

// await reads the answer to a request that may have to wait. If ctx ends
// first, the place is asked to stop waiting; its answer tells what came
// first.
func (l *link) await(ctx context.Context) (frame, error) {
	if ctx.Done() == nil || l.holdsFrame() {
		return l.read()
	}
	canceled := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(canceled)
		l.write(frame{kind: cancel})
		l.conn.SetReadDeadline(time.Now().Add(patience))
	})
	answer, err := l.read()
	if !stop() {
		<-canceled
		l.conn.SetReadDeadline(time.Time{})
	}
	return answer, err
}
