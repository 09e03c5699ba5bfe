package cluster

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
)

// lookTime is how often those are looked after that have not said anything
// yet.
const lookTime = 5 * time.Millisecond

// roll hears from worker processes that they are there. (How many ask for a
// chunk does not say it: where there is work they are busy at once, and others
// may ask, too.)
type roll struct {
	heard chan *nats.Msg
	sub   *nats.Subscription
}

func (l *link) newRoll() (*roll, error) {
	r := &roll{heard: make(chan *nats.Msg, mostWorkers)}
	var err error
	r.sub, err = l.conn.ChanSubscribe(nats.NewInbox(), r.heard)
	return r, err
}

func (r *roll) close() { r.sub.Unsubscribe() }

// await waits until all these processes have said that they are there. One
// that ends first is an error.
func (r *roll) await(ctx context.Context, seats []*seat) error {
	there := map[string]bool{}
	for len(there) < len(seats) {
		select {
		case m := <-r.heard:
			there[string(m.Data)] = true
			m.Respond(nil)
		case <-time.After(lookTime):
			for _, s := range seats {
				if !s.process.Alive() {
					return fmt.Errorf("worker process %d ended as soon as it was started: %w", s.number, s.ending())
				}
			}
		case <-ctx.Done():
			return fmt.Errorf("of %d worker processes %d were ready in time: %w", len(seats), len(there), context.Cause(ctx))
		}
	}
	return nil
}

// answer says that process number is there, until it is heard, or nobody can
// be waiting any more: servers may not have told each other yet who listens.
func (l *link) answer(ctx context.Context, roll string, number int) {
	ctx, cancel := context.WithTimeout(ctx, readyTime)
	defer cancel()
	for ctx.Err() == nil {
		try, cancel := context.WithTimeout(ctx, answerTime)
		_, err := l.conn.RequestWithContext(try, roll, []byte(strconv.Itoa(number)))
		cancel()
		if err == nil {
			return
		}
		time.Sleep(shortPause)
	}
}
