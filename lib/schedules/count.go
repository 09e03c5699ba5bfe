package schedules

import "math"

// counter counts the schedules that a run stands for: the orders of its steps in which dependent steps keep their order.
// It returns NaN after too many states.
type counter struct {
	states int // still to look at, in all runs
	ways   map[uint64]float64
	next   map[uint64]float64
}

func newCounter() *counter {
	return &counter{states: 3_000_000, ways: map[uint64]float64{}, next: map[uint64]float64{}}
}

// count goes through the sets of steps that can come first, by their size. Such a set is known from how many steps of
// each goroutine it has.
func (c *counter) count(x *execution) float64 {
	if c.states < 0 {
		return math.NaN()
	}
	lanes := make([][]*event, len(x.goroutines))
	for i := range x.events {
		e := &x.events[i]
		lanes[e.g-1] = append(lanes[e.g-1], e)
		if e.h != 0 {
			lanes[e.h-1] = append(lanes[e.h-1], e)
		}
	}
	radix, product := make([]uint64, len(lanes)), 1.0
	for i, lane := range lanes {
		radix[i] = uint64(product)
		product *= float64(len(lane) + 1)
	}
	if product > 1<<62 {
		return math.NaN()
	}
	clear(c.ways)
	c.ways[0] = 1
	for range x.events {
		clear(c.next)
		for key, ways := range c.ways {
			if c.states--; c.states < 0 {
				return math.NaN()
			}
			for g, lane := range lanes {
				have := int(key / radix[g] % uint64(len(lane)+1))
				if have == len(lane) || int(lane[have].g) != g+1 || !ready(lane[have], lanes, radix, key) {
					continue
				}
				after := key + radix[g]
				if h := lane[have].h; h != 0 {
					after += radix[h-1]
				}
				c.next[after] += ways
			}
		}
		c.ways, c.next = c.next, c.ways
	}
	for _, ways := range c.ways {
		return ways
	}
	return 1
}

// ready reports whether all that comes before e is in the set.
func ready(e *event, lanes [][]*event, radix []uint64, key uint64) bool {
	for g, lane := range lanes {
		have := int(key / radix[g] % uint64(len(lane)+1))
		if have < len(lane) && lane[have] != e && lane[have].tick(g) <= e.past.at(g) {
			return false
		}
	}
	return true
}

// tick is the event's number among the ticks of goroutine g, which takes part in it.
func (e *event) tick(g int) int32 {
	if int(e.g) == g+1 {
		return e.at[0]
	}
	return e.at[1]
}
