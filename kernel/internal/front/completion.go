package front

import (
	"time"

	"multiprocessing/kernel/internal/complete"
)

// answerTimeout is the time after which a client gets an empty answer: jupyter console waits for 5 s and then reports an
// error. A retry gets what gopls has found meanwhile.
const answerTimeout = 4 * time.Second

// ask serves a complete_request or an inspect_request when gopls has answered, or with an empty answer after
// answerTimeout.
func (f *front) ask(r request) error {
	q, err := complete.ReadQuestion(r.Content)
	if err != nil {
		return err
	}
	declared := f.declared
	nothing, find := q.NoMatches(), f.gopls.Complete
	if r.Header.Type == "inspect_request" {
		nothing, find = q.NotFound(), f.gopls.Inspect
	}
	answered := false
	answer := func(content map[string]any, err error) {
		if !answered {
			answered = true
			f.serve(r, func() (any, error) { return content, err })
		}
	}
	f.after(answerTimeout, func() { answer(nothing, nil) })
	f.gopls.Go(func() {
		var content map[string]any
		err := f.try(func() error { content = find(q, declared); return nil })
		f.post(func() { answer(content, err) })
	})
	return nil
}
