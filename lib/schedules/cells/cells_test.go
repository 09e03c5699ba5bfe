package cells_test

import (
	"testing"

	"multiprocessing/lib/schedules"
	"multiprocessing/lib/schedules/cells"
)

type pair struct{ A, B int }

// torn writes both fields of a struct while another goroutine reads them.
func torn() {
	p := new(pair)
	var wg schedules.WaitGroup
	wg.Go(func() { cells.Set(p, "p")(pair{1, 1}) })
	wg.Go(func() { cells.At(p, "p") })
	wg.Wait()
}

func TestAStructIsReadAndWrittenInAStepForEachField(t *testing.T) {
	r := schedules.Explore(torn)
	if r.Schedules != 6 || len(r.Races) != 2 || r.Races[0].Message != "data race on p.A" || r.Races[1].Message != "data race on p.B" {
		t.Errorf("%+v: %v", *r, r)
	}
}

func TestAnAtomicAddIsOneStepWithoutARace(t *testing.T) {
	r := schedules.Explore(func() {
		n := new(int64)
		var wg schedules.WaitGroup
		for range 2 {
			wg.Go(func() { cells.AtomicAdd(n, "n", 1) })
		}
		wg.Wait()
		schedules.Check(cells.AtomicLoad(n, "n") == 2)
	})
	if r.Schedules != 2 || !r.OK() {
		t.Errorf("%v", r)
	}
}
