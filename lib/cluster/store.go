package cluster

import (
	"context"
	"errors"
)

// storeAll stores results, and acknowledges their chunks after that.
func (w *worker) storeAll() {
	for h := range w.results {
		err := w.store(h)
		if w.letGo(h) && err == nil {
			h.Ack()
			if h.object != "" && h.result.kind == values {
				w.dropObject(h.job, h.object)
			}
		}
	}
}

// store stores a result, once: one that is there already stays. It tries as
// long as the worker has the chunk: a store that is full gets room. Without an
// error there is a result, or nobody wants one.
func (w *worker) store(h *held) error {
	r := h.result
	if h.stored != nil {
		select {
		case <-h.stored.Ok():
			return nil
		case err := <-h.stored.Err():
			if isThere(err) {
				return nil
			}
		}
	}
	if !w.fits(len(r.payload)) {
		err := w.storeObject(h)
		if errors.Is(err, errOver) {
			return nil
		} else if err != nil {
			return err
		}
	}
	err := w.insist(h.ctx, r.message(), always)
	if !isThere(err) {
		return err
	}
	if r.object != "" && !w.isNamed(h.ctx, r) {
		w.dropObject(r.job, r.object)
	}
	return nil
}

// storeObject stores what is too large for a message. If the chunk is not
// there any more, another has stored a result, or the job has ended.
func (w *worker) storeObject(h *held) error {
	wanted := func(ctx context.Context) error {
		waiting, err := w.isWaiting(ctx, h)
		if err == nil && !waiting {
			return errOver
		}
		return err
	}
	r := h.result
	return w.persist(h.ctx, func() error {
		name, err := w.putObject(h.ctx, r.job, part{resultsPart, r.number}, r.payload, wanted)
		if err == nil {
			r.object, r.payload = name, nil
		}
		return err
	}, once(func(err error) {
		w.log("cannot store the result of chunk %d of job %s yet, and tries again: %v", r.number, r.job, err)
	}))
}

// isNamed reports whether the result that is there names the object of r:
// then it is r itself, stored by a try of which no answer came. What cannot be
// asked may be.
func (w *worker) isNamed(ctx context.Context, r *result) bool {
	m, err := w.lookUp(ctx, doneStream, lastFor(r.subject()))
	if isNotThere(err) {
		return false // the client has read one
	}
	return err != nil || m.Header.Get(objectHeader) == r.object
}
