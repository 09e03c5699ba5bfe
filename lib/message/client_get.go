package message

import (
	"context"
	"fmt"
)

// get claims the next item that was sent ahead, or asks for some.
func (c *client[P, G]) get(ctx context.Context) (v G, err error) {
	if ctx == noWait {
		return c.tryGet()
	}
	if ctx.Err() != nil {
		return v, ctx.Err()
	}
	l, err := c.gets.take(ctx, func() (*link, error) { return c.reach(helloGet) })
	if err != nil {
		return v, err
	}
	defer c.gets.leave()
	for {
		answer, err := c.next(ctx, l)
		if err != nil {
			return v, err
		}
		v, claimed, err := c.open(l, answer)
		if claimed || err != nil {
			return v, err
		}
	}
}

// next returns the next item. It may have been taken back on its way.
func (c *client[P, G]) next(ctx context.Context, l *link) (answer frame, err error) {
	if !l.follows {
		if err := l.write(frame{kind: get}); err != nil {
			return answer, c.lastWord(&c.gets)
		}
	}
	answer, err = l.await(ctx)
	l.follows = answer.kind == item
	switch {
	case isTimeout(err):
		c.gets.drop()
		return answer, fmt.Errorf("%w, and the queue's process does not answer", ctx.Err())
	case err != nil || answer.kind == goodbye:
		return answer, c.over(&c.gets, answer, err)
	case answer.kind == failed && ctx.Err() != nil && answer.reason() == context.Canceled:
		return answer, ctx.Err()
	case answer.kind == failed:
		return answer, answer.reason()
	}
	return answer, nil
}

// open makes an item of an answer, if nobody has taken it back.
func (c *client[P, G]) open(l *link, answer frame) (v G, claimed bool, err error) {
	if v, err = decode[G](answer.payload); err != nil {
		c.gets.drop() // and so the item goes back
		return v, false, err
	}
	ok, wanted := l.ledger.claim()
	if !ok {
		var none G
		return none, false, nil
	}
	if wanted {
		l.write(frame{kind: news}) // if this fails, so does the next read
	}
	return v, true, nil
}

// tryGet asks the queue's process, for only there it is known whether the
// queue is empty.
func (c *client[P, G]) tryGet() (v G, err error) {
	l, err := c.acquire()
	if err != nil {
		return v, err
	}
	answer, err := c.ask(l, frame{kind: tryGet})
	if err != nil {
		return v, err
	}
	if answer.kind != item {
		return v, c.refused(l, answer)
	}
	v, err = decode[G](answer.payload)
	if err != nil {
		c.breakOff(l, nil) // and so the item goes back
		return v, err
	}
	if err := l.write(frame{kind: received}); err != nil {
		c.breakOff(l, nil)
		var none G
		return none, ErrLost
	}
	c.release(l)
	return v, nil
}
