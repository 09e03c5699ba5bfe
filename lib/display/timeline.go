package display

import (
	"cmp"
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
	"time"

	"multiprocessing/lib/internal/digits"
	"multiprocessing/lib/internal/span"
	"multiprocessing/lib/internal/stamp"
	"multiprocessing/lib/internal/timeaxis"
	"multiprocessing/lib/internal/verdict"
)

// Workers sets how many rows Timeline shows at least: a worker that never ran a
// task is not in the trace. It panics if n is less than 1.
func Workers(n int) Option {
	if n < 1 {
		panic(fmt.Sprintf("display: Workers: must be at least 1, got %d", n))
	}
	return func(s *settings) { s.workers = n }
}

// Stages names the rows of a Timeline that shows the stages of a pipeline:
// names[0] is the row of worker 1. The row of a worker without a name is
// "worker" and its number.
func Stages(names ...string) Option {
	return func(s *settings) { s.stages = names }
}

// Timeline shows which worker did what when: one row per worker, one block per
// span, and the rest is idle. Below it the idle shares are in words. The trace
// comes from the Trace option of package goroutine, pool, process or cluster:
//
//	var trace []pool.Span
//	pool.Map(p, items, primes.Nth, pool.Trace(&trace))
//	display.Timeline(trace, display.Workers(workers))
//
// If other programs use the machine's cores, which takes 0.1 s to find out, the
// picture says across its width that it measures the load of the machine.
//
// The time axis begins at the start of the call and ends with the last span. Row 0
// shows the items that tasks ran themselves while they waited for an inner Map.
// Spans that are too narrow to see are drawn as one. A span of a single item has
// its index, if there is room.
func Timeline(trace []span.Span, opts ...Option) {
	var s settings
	for _, o := range opts {
		o(&s)
	}
	lanes, total := lanesOf(trace, max(s.workers, len(s.stages)))
	for i, l := range lanes {
		if 0 < l.worker && l.worker <= len(s.stages) {
			lanes[i].stage = s.stages[l.worker-1]
		}
	}
	if total <= 0 {
		Markdown("The trace is empty: no work was done.")
		return
	}
	few := busy(lanes, s)
	said := describeLanes(lanes, total) + describeMarks(s.marks)
	if few != "" {
		said = verdict.NotAResult(few) + ". " + said
	}
	figure := fmt.Sprintf(`<figure style="margin:.5em 0;color:var(--jp-content-font-color1,inherit)">%s<figcaption style="%s">%s</figcaption></figure>`,
		timelineSVG(lanes, total, s.marks, said, few), captionStyle, captionHTML(said, s.caption))
	HTML(figure, strings.TrimSuffix(said+"\n"+s.caption, "\n"))
}

const captionStyle = "padding:.3em 0;font:var(--jp-ui-font-size1,13px)/1.45 var(--jp-ui-font-family,system-ui,sans-serif)"

func captionHTML(said, caption string) string {
	if caption == "" {
		return html.EscapeString(said)
	}
	return html.EscapeString(said) + `<br><span style="color:var(--jp-content-font-color2,inherit)">` + html.EscapeString(caption) + "</span>"
}

// lane is one worker and its stretches, in order of start.
type lane struct {
	worker int
	stage  string // its name; "" for a worker
	spans  []span.Span
	busy   time.Duration
}

func (l lane) name() string {
	switch {
	case l.worker == 0:
		return "in tasks"
	case l.stage != "":
		return l.stage
	}
	return fmt.Sprintf("worker %d", l.worker)
}

func (l lane) idle(total time.Duration) float64 { return 1 - float64(l.busy)/float64(total) }

// lanesOf sorts the trace by worker. Worker 0 has a lane only if it worked.
func lanesOf(trace []span.Span, workers int) ([]lane, time.Duration) {
	byWorker := map[int][]span.Span{}
	var total time.Duration
	for n := 1; n <= workers; n++ {
		byWorker[n] = nil
	}
	for _, s := range trace {
		s.Start = max(s.Start, 0)
		s.End = max(s.End, s.Start)
		byWorker[s.Worker] = append(byWorker[s.Worker], s)
		total = max(total, s.End)
	}
	var lanes []lane
	for worker, spans := range byWorker {
		slices.SortFunc(spans, func(a, b span.Span) int {
			return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.First, b.First))
		})
		lanes = append(lanes, lane{worker: worker, spans: spans, busy: covered(spans)})
	}
	slices.SortFunc(lanes, func(a, b lane) int { return a.worker - b.worker })
	return lanes, total
}

// covered is the time in which at least one of the stretches ran: those of
// worker 0 may overlap.
func covered(spans []span.Span) time.Duration {
	var sum, until time.Duration
	for _, s := range spans {
		from := max(s.Start, until)
		if s.End > from {
			sum += s.End - from
			until = s.End
		}
	}
	return sum
}

// listed is how many workers the words name one by one.
const listed = 8

// describeLanes says how idle the workers were, the idlest first if there are
// many.
func describeLanes(lanes []lane, total time.Duration) string {
	var workers []lane
	sum, noun := 0.0, "worker"
	for _, l := range lanes {
		if l.stage != "" {
			noun = "goroutine"
		}
		if l.worker != 0 {
			workers = append(workers, l)
			sum += l.idle(total)
		}
	}
	text := fmt.Sprintf("%s in %s.", count(len(workers), noun), duration(total))
	if len(workers) == 0 {
		return text
	}
	if len(workers) > listed {
		text += fmt.Sprintf(" On average idle for %.0f%% of the time.", 100*sum/float64(len(workers)))
		workers = slices.Clone(workers)
		slices.SortStableFunc(workers, func(a, b lane) int { return cmp.Compare(a.busy, b.busy) })
		workers = workers[:3]
	}
	var parts []string
	for _, l := range workers {
		parts = append(parts, fmt.Sprintf("%s idle for %.0f%% of the time", l.name(), 100*l.idle(total)))
	}
	said := strings.Join(parts, ", ")
	return text + " " + strings.ToUpper(said[:1]) + said[1:] + "."
}

func count(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return digits.Group(fmt.Sprint(n)) + " " + word + "s"
}

func duration(d time.Duration) string { return timeaxis.Text(d) }

// Sizes of a timeline in pixels.
const (
	timelineWidth = 680
	laneLeft      = 76
	laneRight     = 592
	tallest       = 26.0 // of a lane
	lowest        = 5.0
)

// lanes and blocks of a timeline: the theme's color, faint, where it is idle,
// and two tones that take turns, so that one stretch is told from the next.
var tones = []string{"#3f7fbf", "#5f9bd6"}

func timelineSVG(lanes []lane, total time.Duration, marks []mark, said, few string) string {
	height := min(tallest, max(lowest, 560/float64(len(lanes))))
	bottom := height*float64(len(lanes)) + 4
	all := bottom + 34 + markRoom(marks)
	drawn := marked(drawnLanes(lanes, total, height, bottom), marks, total, bottom)
	if few != "" {
		var more float64
		drawn, more = stamp.Across(drawn, verdict.NotAResult(few), timelineWidth, all)
		all += more
	}
	id := fmt.Sprintf("mp-%08x", hash(said, lanes))
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %.0f" role="img" aria-labelledby="%s-t %s-d" style="display:block;width:100%%;max-width:%dpx;height:auto;font:12px var(--jp-ui-font-family,system-ui,sans-serif)">`,
		timelineWidth, all, id, id, timelineWidth)
	fmt.Fprintf(&b, `<title id="%s-t">Which worker worked when</title><desc id="%s-d">%s</desc>`+"\n", id, id, html.EscapeString(said))
	b.WriteString(drawn)
	b.WriteString("</svg>")
	return b.String()
}

func drawnLanes(lanes []lane, total time.Duration, height, bottom float64) string {
	var b strings.Builder
	timeaxis.Draw(&b, total, laneLeft, laneRight, bottom)
	every := int(math.Ceil(13 / height)) // lanes a label
	for i, l := range lanes {
		top := height * float64(i)
		fmt.Fprintf(&b, `<rect x="%d" y="%.1f" width="%d" height="%.1f" fill="currentColor" fill-opacity=".09"/>`, laneLeft, top+2, laneRight-laneLeft, height-4+min(3, height/3))
		if i%every == 0 {
			middle := top + height/2 + 4
			fmt.Fprintf(&b, `<text x="%d" y="%.1f" text-anchor="end" fill="currentColor">%s</text>`, laneLeft-8, middle, html.EscapeString(l.name()))
			fmt.Fprintf(&b, `<text x="%d" y="%.1f" fill="currentColor">idle %.0f%%</text>`, laneRight+8, middle, 100*l.idle(total))
		}
		blocks(&b, l, total, top+2, height-4+min(3, height/3))
		b.WriteString("\n")
	}
	return b.String()
}

// blocks draws the stretches of a lane. Neighbors that would be less than
// half a pixel wide, with less between them, become one.
func blocks(b *strings.Builder, l lane, total time.Duration, top, height float64) {
	x := func(d time.Duration) float64 {
		return laneLeft + (laneRight-laneLeft)*float64(d)/float64(total)
	}
	for i, drawn := 0, 0; i < len(l.spans); drawn++ {
		first, last := l.spans[i], l.spans[i]
		items := first.Items
		for i++; i < len(l.spans); i++ {
			next := l.spans[i]
			if x(next.End)-x(first.Start) > 1.5 && (x(next.Start)-x(last.End) > 0.5 || x(next.End)-x(next.Start) > 0.5) {
				break
			}
			items += next.Items
			last.End = max(last.End, next.End)
			last.First = max(last.First, next.First)
		}
		from, to := x(first.Start), x(last.End)
		fmt.Fprintf(b, `<rect x="%.2f" y="%.1f" width="%.2f" height="%.1f" fill="%s"><title>%s: %s from item %d, %s to %s</title></rect>`,
			from, top, max(0.5, to-from), height, tones[drawn%2], html.EscapeString(l.name()), count(items, "item"), first.First, duration(first.Start), duration(last.End))
		if number := fmt.Sprint(first.First); items == 1 && to-from > float64(8*len(number)+4) && height > 13 {
			fmt.Fprintf(b, `<text x="%.2f" y="%.1f" text-anchor="middle" pointer-events="none">%s</text>`, (from+to)/2, top+height/2+4, number)
		}
	}
}

// hash makes an id that does not clash with those of other pictures.
func hash(said string, lanes []lane) uint32 {
	h := uint32(2166136261)
	for _, c := range []byte(fmt.Sprint(said, lanes)) {
		h = (h ^ uint32(c)) * 16777619
	}
	return h
}
