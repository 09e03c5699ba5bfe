package cluster

import (
	"multiprocessing/lib/cluster/internal/jetstream"
	"multiprocessing/lib/cluster/internal/wire"
	"multiprocessing/lib/internal/registered"
)

// cutResult cuts the encoded results of a chunk into parts that fit into
// messages. A single result that does not fit is a failure.
func cutResult(task *registered.Task, payload []byte, r wire.Range, limit int) ([]*wire.Result, *registered.Failure) {
	if len(payload) <= limit {
		return []*wire.Result{{Kind: wire.Values, Range: r, Payload: payload}}, nil
	}
	if r.Len() == 1 {
		return nil, &registered.Failure{Kind: wire.TooLarge, Text: tooLarge(len(payload), limit)}
	}
	values := task.Result.Make(r.Len())
	if err := task.Result.Decode(payload, values); err != nil {
		return nil, &registered.Failure{Kind: registered.NoResult, Text: err.Error()}
	}
	var parts []*wire.Result
	for _, half := range r.Halves() {
		payload, err := task.Result.Encode(values.Part(half.From-r.From, half.To-r.From))
		if err != nil {
			return nil, &registered.Failure{Kind: registered.NoResult, Text: err.Error()}
		}
		some, f := cutResult(task, payload, half, limit)
		if f != nil {
			f.At += half.From - r.From
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
