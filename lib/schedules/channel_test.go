package schedules_test

import (
	"testing"

	"multiprocessing/lib/schedules"
)

func TestAFullBufferIsReadInOrder(t *testing.T) {
	r := explored(t, func() {
		c := schedules.NewChan[int](1)
		schedules.Go(func() {
			for i := range 3 {
				c.Send(i)
			}
		})
		for i := range 3 {
			got := c.Recv()
			schedules.Checkf(got == i, "value %d is %d", i, got)
		}
	})
	if !r.OK() {
		t.Errorf("%v", r)
	}
}
