package display

import (
	"fmt"
	"html"
	"strings"
	"time"
)

// mark is an event in a timeline.
type mark struct {
	at   time.Duration
	what string
}

// Mark makes Timeline draw a red line at a time since the start of the call,
// with the event's name above it: "worker 1 killed".
func Mark(at time.Duration, what string) Option {
	return func(s *settings) { s.marks = append(s.marks, mark{at, what}) }
}

// describeMarks says in words what the red lines are.
func describeMarks(marks []mark) string {
	var text strings.Builder
	for _, m := range marks {
		fmt.Fprintf(&text, " %s at %s.", strings.ToUpper(m.what[:min(1, len(m.what))])+m.what[min(1, len(m.what)):], duration(m.at))
	}
	return text.String()
}

// markHeight is the room that the name of an event takes, in pixels.
const markHeight = 15

func markRoom(marks []mark) float64 { return markHeight * float64(len(marks)) }

// marked returns the drawing of lanes with the marks above and across it. Each
// name has a row of its own, so that none covers another.
func marked(lanes string, marks []mark, total time.Duration, bottom float64) string {
	if len(marks) == 0 {
		return lanes
	}
	room := markRoom(marks)
	var b strings.Builder
	fmt.Fprintf(&b, `<g transform="translate(0 %.0f)">%s</g>`, room, lanes)
	for i, m := range marks {
		x := laneLeft + (laneRight-laneLeft)*min(1, float64(max(0, m.at))/float64(total))
		row, anchor := float64(i)*markHeight, "start"
		if x > (laneLeft+laneRight)/2 {
			anchor = "end"
		}
		fmt.Fprintf(&b, `<path d="M%.1f %.1fV%.1f" stroke="#cc4a5c" stroke-width="1.5" stroke-dasharray="4 3" fill="none"/>`, x, row+3, room+bottom)
		fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" text-anchor="%s" fill="#cc4a5c">&#160;%s&#160;</text>`, x, row+12, anchor, html.EscapeString(m.what))
	}
	return b.String()
}
