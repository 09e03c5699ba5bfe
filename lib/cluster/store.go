package cluster

import (
	"context"
	"fmt"
)

// storeAll stores results, and acknowledges their chunks after that.
func (w *worker) storeAll() {
	for h := range w.results {
		err := w.store(context.Background(), h)
		if w.letGo(h) && err == nil {
			h.Ack()
		}
	}
}

// store stores a result, once: one that is there already stays. Without an
// error there is one.
func (w *worker) store(ctx context.Context, h *held) error {
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
		name, err := w.putObject(ctx, r.job, fmt.Sprint("out.", r.number), r.payload)
		if err != nil {
			w.log("cannot store the result of chunk %d of job %s yet: %v", r.number, r.job, err)
			return err // it is not acknowledged, so it will come again
		}
		r.object, r.payload = name, nil
	}
	err := w.insist(ctx, r.message(), func(error) bool { return w.has(h) })
	if !isThere(err) {
		return err
	}
	if r.object != "" {
		w.dropObject(ctx, r.job, r.object)
	}
	return nil
}
