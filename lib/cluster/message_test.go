package cluster

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"multiprocessing/lib/internal/registered"
)

func TestChunksAndResultsAreReadAsTheyWereWritten(t *testing.T) {
	c := &chunk{queue: "lib", job: "j-1", number: 7, task: "näm", code: "c", items: 3, tries: 2, limit: time.Second, payload: []byte("abc")}
	m := c.message()
	if got, err := parseChunk(m.Subject, m.Header, m.Data); err != nil || !reflect.DeepEqual(got, c) {
		t.Errorf("got %+v, %v", got, err)
	}
	r := &result{job: "j", number: 7, kind: values, items: 3, worker: "w/1", clock: "k", began: 5, ended: 9, object: "o"}
	m = r.message()
	if got, err := parseResult(m.Subject, m.Header, m.Data); err != nil || !reflect.DeepEqual(got, r) {
		t.Errorf("got %+v, %v", got, err)
	}
	f := &registered.Failure{Kind: registered.Panicked, At: 3, Text: "boom \xff", Stack: strings.Repeat("s", 2*maxFailure)}
	r = failed(f)
	if got, err := r.failure(); err != nil || got.At != 3 || got.Text != "boom �" || len(got.Stack) > maxFailure+3 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func FuzzWhatIsReadFromAChunkIsWithinBounds(f *testing.F) {
	f.Add("mp.work.lib.job.1", "task", "code", "3", "3", "0", "", []byte("abc"))
	f.Add("mp.work.lib.job.-1", "", "", "99999999999999999999", "0", "-1", "object", []byte{})
	f.Add("mp.done.job.1", "t", "c", "+1", "01", "1e3", "x", []byte(nil))
	f.Fuzz(func(t *testing.T, subject, task, code, items, tries, limit, object string, payload []byte) {
		c, err := parseChunk(subject, nats.Header{taskHeader: {task}, codeHeader: {code}, itemsHeader: {items}, triesHeader: {tries}, limitHeader: {limit}, objectHeader: {object}}, payload)
		if err != nil {
			return
		}
		if c.items < 1 || c.items > maxItems || c.tries < 1 || c.tries > maxTries || c.limit < 0 || c.number < 0 || len(c.task) > maxLabel {
			t.Errorf("got %+v", c)
		}
		if m := c.message(); m.Subject != subject {
			t.Errorf("subject %q is written %q", subject, m.Subject)
		}
	})
}

func FuzzWhatIsReadFromAResultIsWithinBounds(f *testing.F) {
	f.Add("mp.done.job.1", "values", "3", "worker", "1 2", "", []byte("abc"))
	f.Add("mp.done.job.1", "panicked", "0", "worker", "1 2", "", []byte(`{"Kind":"values","At":-5,"Text":"x"}`))
	f.Add("mp.work.x.1", "none", "-1", "", "2 1", "object", []byte("{"))
	f.Fuzz(func(t *testing.T, subject, kind, items, worker, times, object string, payload []byte) {
		r, err := parseResult(subject, nats.Header{kindHeader: {kind}, itemsHeader: {items}, workerHeader: {worker}, timesHeader: {times}, objectHeader: {object}}, payload)
		if err != nil {
			return
		}
		if r.items < 0 || r.items > maxItems || r.number < 0 || r.began < 0 || r.ended < r.began || len(r.worker) > maxLabel {
			t.Errorf("got %+v", r)
		}
		if f, err := r.failure(); err == nil && (f.Kind != r.kind || f.At < 0) {
			t.Errorf("got %+v of %+v", f, r)
		}
	})
}
