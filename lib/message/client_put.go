package message

import "context"

// put waits for a credit and sends an item. It does not wait for its arrival.
func (c *client) put(ctx context.Context, v any) error {
	if ctx == noWait {
		return c.tryPut(v)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	l, err := c.puts.take(ctx, func() (*link, error) { return c.reach(helloPut) })
	if err != nil {
		return err
	}
	defer c.puts.leave()
	payload, err := l.encode(v)
	if err != nil {
		return err
	}
	if err := c.spend(ctx, l); err != nil {
		return err
	}
	if err := l.write(frame{put, payload}); err != nil {
		return c.lastWord(&c.puts)
	}
	l.ledger.Add(sent, 1)
	return nil
}

// spend takes a credit, and waits while there is none.
func (c *client) spend(ctx context.Context, l *link) error {
	for {
		if ok, refused := l.ledger.spend(); ok || refused != nil {
			return refused
		}
		if err := l.write(frame{kind: want}); err != nil {
			return c.lastWord(&c.puts)
		}
		answer, err := l.await(ctx)
		if isTimeout(err) {
			c.puts.drop()
			return ctx.Err()
		}
		if err != nil || answer.kind == goodbye {
			return c.over(&c.puts, answer, err)
		}
		if answer.kind == failed {
			return ctx.Err()
		}
	}
}

// tryPut asks the queue's process, which alone knows whether the queue is full.
func (c *client) tryPut(v any) error {
	l, err := c.acquire()
	if err != nil {
		return err
	}
	payload, err := l.encode(v)
	if err != nil {
		c.release(l)
		return err
	}
	return c.finish(l, frame{tryPut, payload}, func(frame) error { return nil })
}
