package sketch

import (
	"cmp"
	"math"
	"slices"
)

// Lanes draws what each worker does over time: a lane of bars for each, and arrows from
// lane to lane.
//
//	sketch.Lanes{
//		Title: "A lock passes to its next owner",
//		About: "Goroutine 2 waits until goroutine 1 unlocks, and then has the lock.",
//		Lanes: []sketch.Lane{
//			{"goroutine 1", []sketch.Bar{{0, 4, sketch.Blue("has the lock")}}},
//			{"goroutine 2", []sketch.Bar{{1, 4, sketch.Dashed("waits")}, {4, 8, sketch.Blue("has the lock")}}},
//		},
//		Arrows: []sketch.Arrow{{4, "goroutine 1", "goroutine 2", "Unlock"}},
//	}.Show()
type Lanes struct {
	Title  string
	About  string // what the picture shows, for those who do not see it
	Lanes  []Lane
	Arrows []Arrow
}

// Lane is one of Lanes. Without bars it is a heading.
type Lane struct {
	Name string
	Bars []Bar // in the order of time
}

// Bar is what happens in a lane, from one time to another. Times begin with 0, and their
// unit is not shown.
type Bar struct {
	From, To float64
	Box      Box
}

// Arrow leads from a lane to its neighbor at a time. Its text is on its right.
type Arrow struct {
	At             float64
	From, To, Text string
}

// Show shows the picture. It panics if there is no title, description or bar, if a bar
// does not end after it begins or begins before the last one ends, if an arrow does not
// lead from a lane to its neighbor within the time of the bars, and if a text does not fit.
func (l Lanes) Show() { l.draw().show(l.Title, l.About) }

func (l Lanes) draw() *picture {
	p := &picture{kind: "Lanes", y: margin}
	end, names := l.end(p), 0.0
	for _, lane := range l.Lanes {
		if len(lane.Bars) > 0 {
			names = max(names, textWidth(lane.Name))
		}
	}
	begin := margin + names + 8
	x := func(t float64) float64 { return begin + (width-margin-begin)*t/end }
	below := l.below(p, end)
	for i, lane := range l.Lanes {
		if len(lane.Bars) == 0 {
			p.heading(lane.Name)
			continue
		}
		p.text(begin-8, p.y+height/2+4, "end", lane.Name)
		for _, b := range lane.Bars {
			p.box(b.Box, x(b.From)+1, x(b.To)-x(b.From)-2)
		}
		p.y += pitch
		p.arrows(below[i], lane.Name, x)
	}
	p.box(Right("time"), begin, width-margin-begin)
	p.y += pitch
	return p
}

// end is when the last bar ends.
func (l Lanes) end(p *picture) (end float64) {
	for _, lane := range l.Lanes {
		last := 0.0
		for _, b := range lane.Bars {
			if !(last <= b.From && b.From < b.To && b.To <= math.MaxFloat32) {
				p.refuse("lane %q: the bar from %g to %g must begin at %g or later, and end after it begins", lane.Name, b.From, b.To, last)
			}
			last = b.To
		}
		end = max(end, last)
	}
	if end == 0 {
		p.refuse("needs a lane with a bar")
	}
	return end
}

// below returns the arrows between each lane and the one below it, in the order of time.
func (l Lanes) below(p *picture, end float64) map[int][]Arrow {
	below := map[int][]Arrow{}
	for _, a := range slices.SortedStableFunc(slices.Values(l.Arrows), func(a, b Arrow) int { return cmp.Compare(a.At, b.At) }) {
		named := func(name string) int {
			return slices.IndexFunc(l.Lanes, func(lane Lane) bool { return lane.Name == name && len(lane.Bars) > 0 })
		}
		from, to := named(a.From), named(a.To)
		upper := min(from, to)
		if upper < 0 || max(from, to) != upper+1 || !(0 <= a.At && a.At <= end) {
			p.refuse("the arrow from %q to %q at %g must lead from a lane to the next, between 0 and %g", a.From, a.To, a.At, end)
		}
		below[upper] = append(below[upper], a)
	}
	return below
}

// arrows draws the arrows between the lane called upper and the one below it.
func (p *picture) arrows(list []Arrow, upper string, x func(float64) float64) {
	if len(list) == 0 {
		return
	}
	const gap, long, beside = 20, 24, 6 // beside is where the text begins
	for i, a := range list {
		next := width - margin
		if i+1 < len(list) {
			next = x(list[i+1].At) - beside
		}
		at := x(a.At)
		if a.Text != "" {
			p.mustFit(a.Text, textWidth(a.Text), next-at-beside)
		}
		if a.From == upper {
			p.arrow(at, p.y-4, long, 90)
		} else {
			p.arrow(at, p.y-4+long, long, -90)
		}
		p.text(at+beside, p.y+gap/2+2, "start", a.Text)
	}
	p.y += gap
}
