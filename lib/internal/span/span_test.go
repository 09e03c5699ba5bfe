package span

import (
	"sync"
	"testing"
)

func TestSpansArePublishedInOrderOfTheirStart(t *testing.T) {
	var spans []Span
	r := NewRecorder(&spans)
	a, b := r.Now(), r.Now()+1
	r.Add(2, 5, 1, b)
	r.Add(1, 0, 5, a)
	r.Publish()
	if len(spans) != 2 || spans[0].Worker != 1 || spans[1].First != 5 {
		t.Fatalf("got %v", spans)
	}
	if s := spans[0]; s.Items != 5 || s.Start != a || s.End < s.Start {
		t.Errorf("got %v", s)
	}
}

func TestANilRecorderRecordsNothing(t *testing.T) {
	r := NewRecorder(nil)
	r.Add(1, 0, 1, r.Now())
	r.Publish()
	if r != nil || r.Now() != 0 {
		t.Errorf("got %v", r)
	}
}

func TestManyWorkersMayAddAtOnce(t *testing.T) {
	var spans []Span
	r := NewRecorder(&spans)
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 100 {
				r.Add(w+1, i, 1, r.Now())
			}
		})
	}
	wg.Wait()
	if r.Publish(); len(spans) != 800 {
		t.Errorf("got %d spans", len(spans))
	}
}
