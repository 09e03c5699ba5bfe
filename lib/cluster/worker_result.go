package cluster

import (
	"multiprocessing/lib/cluster/internal/jetstream"
	"multiprocessing/lib/cluster/internal/wire"
	"multiprocessing/lib/internal/portable"
	"multiprocessing/lib/internal/registered"
)

// cutResult encodes the results of a range, in parts that fit into messages. A
// single result that does not fit is a failure.
func cutResult(task *registered.Task, values portable.Values, r wire.Range, limit int) ([]*wire.Result, *registered.Failure) {
	payload, f := task.Encode(values)
	switch {
	case f != nil:
		return nil, f
	case len(payload) <= limit:
		return []*wire.Result{{Kind: wire.Values, Range: r, Payload: payload}}, nil
	case r.Len() == 1:
		return nil, &registered.Failure{Kind: wire.TooLarge, Text: tooLarge(len(payload), limit)}
	}
	var parts []*wire.Result
	for _, half := range r.Halves() {
		from := half.From - r.From
		some, f := cutResult(task, values.Part(from, half.To-r.From), half, limit)
		if f != nil {
			f.At += from
			return nil, f
		}
		parts = append(parts, some...)
	}
	return parts, nil
}

// storeAll waits until results are stored, and then acknowledges their chunks.
func (w *worker) storeAll() {
	defer w.signs.Wait()
	for t := range w.finished {
		err := w.store(t)
		if w.release(t) && err == nil {
			t.Acknowledge()
		}
	}
}

// store stores the results of a chunk. It retries for as long as the worker
// has the chunk: a store that is full gets space.
func (w *worker) store(t *taken) error {
	for _, p := range t.stored {
		if err := p.Wait(t.ctx, jetstream.Always); err != nil {
			return err
		}
	}
	return nil
}
