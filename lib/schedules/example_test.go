package schedules_test

import (
	"fmt"

	"multiprocessing/lib/schedules"
)

func Example() {
	fmt.Println(schedules.Explore(func() {
		var mu schedules.Mutex
		count := schedules.NewVar("count", 0)
		var wg schedules.WaitGroup
		for range 2 {
			wg.Go(func() {
				mu.Lock()
				count.Set(count.Get() + 1)
				mu.Unlock()
			})
		}
		wg.Wait()
		schedules.Check(count.Get() == 2)
	}))
	// Output:
	// none of 2 schedules is wrong
	// covered: all schedules
}

func ExampleSelect() {
	fmt.Println(schedules.Explore(func() {
		a, b := schedules.NewChan[int](1), schedules.NewChan[int](1)
		a.Send(1)
		b.Send(2)
		var got int
		switch schedules.Select(a.OnRecv(&got, nil), b.OnRecv(&got, nil)) {
		case 0:
			schedules.Check(got == 1)
		case 1:
			schedules.Checkf(got == 1, "got %d from b", got)
		}
	}))
	// Output:
	// 1 of 2 schedules is wrong
	// covered: all schedules
	// got 2 from b at line 39 (schedule 1.2@3)
}

func ExamplePlay() {
	p := schedules.Play(func() {
		count := schedules.NewVar("count", 0)
		schedules.Go(func() { count.Set(1) })
		schedules.Check(count.Get() == 1)
	})
	// In a notebook: display.HTML(p.HTML(), p.Text())
	fmt.Println(p.Text())
	// Output:
	// You are the scheduler of a program with 4 states: its buttons need a page, for example JupyterLab.
}
