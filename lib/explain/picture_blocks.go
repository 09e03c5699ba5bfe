package explain

import (
	"fmt"
	"strings"
	"time"

	"multiprocessing/lib/explain/internal/lanes"
	"multiprocessing/lib/internal/timeaxis"
)

// block is a part of a lane that looks the same, from and to a pixel.
type block struct {
	from, to int
	look     look
	tip      string
	second   bool // of two tones that take turns on a processor
}

func (b block) faint() string {
	if b.second {
		return ` fill-opacity=".7"`
	}
	return ""
}

// blocks cuts a lane into columns of a pixel, each of which shows what took most of
// its time, and joins those that look the same. So a lane has at most as many blocks
// as pixels, however many events there were.
func (p *picture) blocks(l lane) []block {
	column := make([]int, right-left) // the interval that it shows, -1 for none
	most := make([]time.Duration, right-left)
	for i := range column {
		column[i] = -1
	}
	scale := float64(right-left) / float64(max(p.run.Length, 1))
	for n, iv := range l.intervals {
		first, last := int(scale*float64(iv.From)), int(scale*float64(iv.To))
		for c := first; c <= last && c < len(column); c++ {
			from, to := time.Duration(float64(c)/scale), time.Duration(float64(c+1)/scale)
			if covered := min(to, iv.To) - max(from, iv.From); covered > most[c] {
				most[c], column[c] = covered, n
			}
		}
	}
	var all []block
	for c := 0; c < len(column); {
		n := column[c]
		begin := c
		for c++; c < len(column) && p.same(l, column[c], n); c++ {
		}
		if n >= 0 {
			all = append(all, block{left + begin, left + c, lookOf(l.intervals[n]), tip(l, n), l.names != nil && n%2 == 1})
		}
	}
	return all
}

// same reports whether two intervals become one block: they are one, or look the
// same in a lane of a goroutine.
func (p *picture) same(l lane, a, b int) bool {
	if a == b || a < 0 || b < 0 {
		return a == b
	}
	x, y := l.intervals[a], l.intervals[b]
	return l.names == nil && x.State == y.State && x.Reason == y.Reason && x.Place == y.Place
}

// tip says what a block is.
func tip(l lane, n int) string {
	iv := l.intervals[n]
	text := iv.State.String()
	switch {
	case l.names != nil:
		text = l.names[n]
	case iv.State == lanes.Waiting:
		text = lanes.Words(iv.Reason, iv.Place)
	case iv.State == lanes.Running && iv.Reason == lanes.Collection:
		text = "works for a garbage collection"
	}
	return fmt.Sprintf("%s: %s, %s to %s", l.name, text, timeaxis.Text(iv.From), timeaxis.Text(iv.To))
}

// wakeLines draws which goroutine ended whose wait.
func (p *picture) wakeLines(b *strings.Builder, top float64) {
	row := map[int64]int{}
	for i, l := range p.lanes {
		for _, id := range l.goroutines {
			row[id] = i
		}
	}
	n := 0
	for i, l := range p.lanes {
		for _, iv := range l.intervals {
			from, known := row[iv.Waker]
			if !known || iv.State != lanes.Waiting || from == i || n == mostWakes {
				continue
			}
			n++
			x := p.x(iv.To)
			y1, y2 := top+p.height*(float64(from)+0.5)-1.5, top+p.height*(float64(i)+0.5)-1.5
			fmt.Fprintf(b, `<path d="M%.1f %.1fV%.1f" stroke="currentColor" stroke-opacity=".7" fill="none"/><circle cx="%.1f" cy="%.1f" r="1.8" fill="currentColor"/>`, x, y1, y2, x, y2)
		}
	}
}
