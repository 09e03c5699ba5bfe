package process

import (
	"context"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// count yields 0, 1, 2 and so on without end, and stores how many it has.
func count(read *int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for *read = 1; yield(*read - 1); *read++ {
		}
	}
}

func TestImapGivesEveryResultInOrderAndReadsFewItemsAhead(t *testing.T) {
	p := mustPool(t, 2)
	for _, chunk := range []int{1, 3} {
		read, n := 0, 0
		for result, err := range Imap(t.Context(), p, count(&read), double, Chunk(chunk)) {
			if err != nil || result != 2*n {
				t.Fatalf("result %d is %d, %v", n, result, err)
			}
			if read > n+1+chunksAhead*2*chunk {
				t.Fatalf("%d items were read for %d results", read, n)
			}
			if n++; n == 50 {
				break
			}
		}
	}
}

func TestImapUnorderedGivesEveryResultOnce(t *testing.T) {
	p := mustPool(t, 2)
	for _, n := range []int{0, 1, 7, 100} {
		for _, chunk := range []int{1, 3, 1000} {
			got := make([]int, n)
			for r, err := range ImapUnordered(t.Context(), p, slices.Values(upTo(n)), double, Chunk(chunk)) {
				if err != nil {
					t.Fatal(err)
				}
				got[r.Item] += r.Result + 1
			}
			for i := range got {
				if got[i] != 2*i+1 {
					t.Errorf("%d items: item %d gave %d", n, i, got[i]-1)
				}
			}
		}
	}
}

func TestImapUnorderedDoesNotWaitForALongTask(t *testing.T) {
	p := mustPool(t, 2)
	gate := filepath.Join(t.TempDir(), "gate")
	open(gate + "quick")
	got := 0
	for r, err := range ImapUnordered(t.Context(), p, slices.Values([]string{gate, gate + "quick", gate + "quick"}), gates) {
		if err != nil {
			t.Fatal(err)
		}
		if got++; got == 2 && r.Item != 0 {
			open(gate)
		}
	}
	if got != 3 {
		t.Errorf("got %d results", got)
	}
}

func TestImapStartsItsItemsInOrder(t *testing.T) {
	p := mustPool(t, 1)
	runs := 0
	for started, err := range Imap(t.Context(), p, slices.Values(slices.Repeat([]int{1}, 100)), countUp) {
		if err != nil {
			t.Fatal(err)
		}
		if runs++; started != runs {
			t.Fatalf("item %d was the worker's run %d", runs-1, started)
		}
	}
}

func TestALoopOverImapEndsWithTheErrorOfMap(t *testing.T) {
	p := mustPool(t, 2)
	n := 0
	for result, err := range Imap(t.Context(), p, slices.Values(upTo(100)), explodes) {
		if n == 17 {
			var panicked *PanicError
			if !errors.As(err, &panicked) || panicked.Item != 17 || !strings.HasPrefix(err.Error(), "process: Imap: item 17: ") {
				t.Errorf("got %v", err)
			}
		} else if err != nil || result != n {
			t.Errorf("result %d is %d, %v", n, result, err)
		}
		n++
	}
	if n != 18 {
		t.Errorf("%d results and errors", n)
	}
	last := error(nil)
	for r, err := range ImapUnordered(t.Context(), p, slices.Values([]int{5, 0, 9}), leaves) {
		if last = err; err != nil && r.Item != -1 {
			t.Errorf("item %d with %v", r.Item, err)
		}
	}
	var crash *CrashError
	if !errors.As(last, &crash) || crash.Item != 0 {
		t.Errorf("got %v", last)
	}
}

func TestLeavingALoopStopsItsTasks(t *testing.T) {
	p := mustPool(t, 2)
	gate := filepath.Join(t.TempDir(), "gate")
	for range Imap(t.Context(), p, slices.Values([]string{gate, "", ""}), quickOrWaits) {
		awaitFile(gate)
		break
	}
	wantDoubles(t, mustMap(t, p, upTo(10), double), 10)
}

// quickOrWaits opens a gate; without one it waits for the end of its context.
var quickOrWaits = RegisterErr("quick or waits", func(ctx context.Context, gate string) (int, error) {
	if gate == "" {
		<-ctx.Done()
		return 0, ctx.Err()
	}
	return os.Getpid(), os.WriteFile(gate, nil, 0o600)
})

func TestALoopOverImapEndsWithItsContext(t *testing.T) {
	p := mustPool(t, 2)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var read int
	n, last := 0, error(nil)
	for _, last = range Imap(ctx, p, count(&read), double) {
		if n++; n == 10 {
			cancel()
		}
	}
	if !errors.Is(last, context.Canceled) || !strings.HasPrefix(last.Error(), "process: Imap: stopped before") {
		t.Errorf("got %v", last)
	}
}
