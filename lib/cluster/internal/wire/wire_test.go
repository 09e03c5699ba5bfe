package wire

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"multiprocessing/lib/internal/registered"
)

func TestChunksAndResultsAreReadAsTheyWereWritten(t *testing.T) {
	for _, c := range []*Chunk{
		{Queue: "lib", Job: "j-1", Range: Range{7, 10}, Task: "näm", Code: "c", MaxAttempts: 3, Attempts: 2, Timeout: time.Second, MaxResult: 9, Payload: []byte("abc")},
		{Queue: "lib", Job: "j", Range: Range{0, 1}, Task: "t", MaxAttempts: 1},
	} {
		if got, err := ParseChunk(c.Message()); err != nil || !reflect.DeepEqual(got, c) {
			t.Errorf("got %+v, %v", got, err)
		}
	}
	r := &Result{Job: "j", Range: Range{7, 10}, Kind: Values, Worker: "w/1", Clock: "k", Began: 5, Ended: 9, Payload: []byte("x")}
	if got, err := ParseResult(r.Message()); err != nil || !reflect.DeepEqual(got, r) {
		t.Errorf("got %+v, %v", got, err)
	}
	f := &registered.Failure{Kind: registered.Panicked, At: 3, Text: "boom \xff", Stack: strings.Repeat("s", 2*maxFailure)}
	r = Failed(f)
	r.Range = Range{0, 4}
	if got, err := r.Failure(); err != nil || got.At != 3 || got.Text != "boom �" || len(got.Stack) > maxFailure+3 {
		t.Errorf("got %+v, %v", got, err)
	}
	r.To = 3
	if _, err := r.Failure(); err == nil {
		t.Error("item 3 of 3 is accepted")
	}
}

func TestTheHeadersOfTheLargestChunkFitIntoTheirSpace(t *testing.T) {
	long := strings.Repeat("x", maxLabel)
	name := long[:64]
	c := &Chunk{Queue: name, Job: name, Range: Range{1<<31 - 2, 1<<31 - 1}, Task: long, Code: long, MaxAttempts: 100, Attempts: 99, Timeout: 1<<63 - 1, MaxResult: 1<<31 - 1}
	r := &Result{Job: name, Range: c.Range, Kind: registered.Kind(long), Worker: long, Clock: long, Began: 1<<63 - 1, Ended: 1<<63 - 1}
	for _, m := range []Message{c.Message(), r.Message()} {
		size := len(m.Subject)
		for name, values := range m.Header {
			size += len(name) + len(values[0]) + 10
		}
		if size > HeaderSpace/2 {
			t.Errorf("%d bytes of %d", size, HeaderSpace)
		}
	}
}

func TestARangeIsReadInOneFormOnly(t *testing.T) {
	for word, want := range map[string]Range{"0-1": {0, 1}, "7-10": {7, 10}} {
		if got, err := ParseRange(word); err != nil || got != want {
			t.Errorf("%s: got %v, %v", word, got, err)
		}
	}
	for _, word := range []string{"", "7", "7-", "-7", "7-7", "8-7", "07-8", "+7-8", "7-8-9", "7-99999999999", "0-16777217"} {
		if r, err := ParseRange(word); err == nil {
			t.Errorf("%q is read as %v", word, r)
		}
	}
	if h := (Range{3, 8}).Halves(); h != [2]Range{{3, 5}, {5, 8}} {
		t.Errorf("halves %v", h)
	}
}

func TestTimesThatMakeNoSenseDoNotMakeAResultABadOne(t *testing.T) {
	for _, text := range []string{"9 5", "-3 5", "5", "", "x y", "1 99999999999999999999", "1700000000000000000 1600000000000000000"} {
		r, err := ParseResult(Message{Subject: "mp.done.job.0-1", Header: map[string][]string{kindHeader: {"values"}, timesHeader: {text}}})
		if err != nil || r.Began != 0 || r.Ended != 0 {
			t.Errorf("%q is read as %+v, %v", text, r, err)
		}
	}
}

func FuzzWhatIsReadFromAChunkIsWithinBounds(f *testing.F) {
	f.Add("mp.work.lib.job.1-2", "task", "code", "3", "3", "0", "100", []byte("abc"))
	f.Add("mp.work.lib.job.-1", "", "", "99999999999999999999", "0", "-1", "-1", []byte{})
	f.Add("mp.done.job.1-1", "t", "c", "+1", "01", "1e3", "", []byte(nil))
	f.Fuzz(func(t *testing.T, subject, task, code, attempts, most, timeout, result string, payload []byte) {
		c, err := ParseChunk(Message{subject, map[string][]string{taskHeader: {task}, codeHeader: {code}, attemptsHeader: {attempts},
			maxAttemptsHeader: {most}, timeoutHeader: {timeout}, maxResultHeader: {result}}, payload})
		if err != nil {
			return
		}
		if c.Len() < 1 || c.Len() > MaxItems || c.From < 0 || c.MaxAttempts < 1 || c.MaxAttempts > MaxAttempts || c.Attempts < 0 || c.Attempts > MaxAttempts ||
			c.Timeout < 0 || c.MaxResult < 0 || c.Task == "" || len(c.Task) > maxLabel {
			t.Errorf("got %+v", c)
		}
		if m := c.Message(); m.Subject != subject {
			t.Errorf("subject %q is written %q", subject, m.Subject)
		}
	})
}

func FuzzWhatIsReadFromAResultIsWithinBounds(f *testing.F) {
	f.Add("mp.done.job.1-4", "values", "worker", "1 2", []byte("abc"))
	f.Add("mp.done.job.1-2", "panicked", "worker", "1 2", []byte(`{"Kind":"values","At":-5,"Text":"x"}`))
	f.Add("mp.work.x.1-2", "none", "worker", "2 1", []byte("{"))
	f.Fuzz(func(t *testing.T, subject, kind, worker, times string, payload []byte) {
		r, err := ParseResult(Message{subject, map[string][]string{kindHeader: {kind}, workerHeader: {worker}, timesHeader: {times}}, payload})
		if err != nil {
			return
		}
		if r.Len() < 1 || r.Len() > MaxItems || r.From < 0 || r.Began < 0 || r.Ended < r.Began || len(r.Worker) > maxLabel {
			t.Errorf("got %+v", r)
		}
		if f, err := r.Failure(); err == nil && (f.Kind != r.Kind || f.At < 0 || f.At >= r.Len()) {
			t.Errorf("got %+v of %+v", f, r)
		}
	})
}
