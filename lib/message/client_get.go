package message

import (
	"context"
	"fmt"
)

// get claims the next item that the server sent ahead, or asks for a batch.
func (c *client) get(ctx context.Context) (v any, err error) {
	if ctx == noWait {
		return c.tryGet()
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	l, err := c.gets.take(ctx, func() (*link, error) { return c.reach(helloGet) })
	if err != nil {
		return nil, err
	}
	defer c.gets.leave()
	for {
		answer, err := c.next(ctx, l)
		if err != nil {
			return nil, err
		}
		v, claimed, err := c.open(l, answer)
		if claimed || err != nil {
			return v, err
		}
	}
}

// next returns the next item sent. The server may have withdrawn it meanwhile.
func (c *client) next(ctx context.Context, l *link) (answer frame, err error) {
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

// open decodes and claims an item. claimed is false if the server has withdrawn
// it.
func (c *client) open(l *link, answer frame) (v any, claimed bool, err error) {
	if v, err = l.decode(answer.payload); err != nil {
		c.gets.drop() // returns the item to the queue
		return nil, false, err
	}
	ok, wanted := l.ledger.claim()
	if !ok {
		return nil, false, nil
	}
	if wanted {
		l.write(frame{kind: news}) // if this fails, so does the next read
	}
	return v, true, nil
}

// tryGet asks the queue's process, which alone knows whether the queue is empty.
func (c *client) tryGet() (v any, err error) {
	l, err := c.acquire()
	if err != nil {
		return nil, err
	}
	answer, err := c.ask(l, frame{kind: tryGet})
	if err != nil {
		return nil, err
	}
	if answer.kind != item {
		return nil, c.refused(l, answer)
	}
	v, err = l.decode(answer.payload)
	if err != nil {
		c.breakOff(l, nil) // returns the item to the queue
		return nil, err
	}
	if err := l.write(frame{kind: received}); err != nil {
		c.breakOff(l, nil)
		return nil, ErrLost
	}
	c.release(l)
	return v, nil
}
