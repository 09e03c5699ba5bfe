package schedules

import (
	"fmt"
	"hash/fnv"
	"html"
	"slices"
	"strings"
)

// HTML shows the result and the schedule of Shortest, as a figure for display.HTML. Its text form is Text.
func (r *Result) HTML() string { return r.Shortest().figure(r.String()) }

// figure shows a text, whose first line is bold, above the schedule, if there is one.
func (s *Schedule) figure(text string) string {
	lines := strings.Split(html.EscapeString(text), "\n")
	lines[0] = "<strong>" + lines[0] + "</strong>"
	picture := ""
	if s != nil {
		picture = s.SVG()
	}
	return fmt.Sprintf(`<figure style="margin:.5em 0;color:var(--jp-content-font-color1,inherit)"><figcaption style="%s">%s</figcaption>%s</figure>`,
		captionStyle, strings.Join(lines, "<br>"), picture)
}

// Text is the text form of HTML: the result, and the steps of the schedule of Shortest.
func (r *Result) Text() string {
	if s := r.Shortest(); s != nil {
		return r.String() + "\n\n" + s.Text()
	}
	return r.String()
}

const captionStyle = "padding:.3em 0;font:var(--jp-ui-font-size1,13px)/1.45 var(--jp-ui-font-family,system-ui,sans-serif)"

// Sizes of a picture in pixels.
const (
	rowHeight = 28.0
	boxHeight = 22.0
	numbers   = 30.0 // width of the column of numbers, and least width of that of lines
	narrowest = 112.0
	widest    = 680.0 // of a picture whose lanes fit
	letter    = 6.4   // mean width
	mostRows  = 60    // steps that are shown
)

// Colors of boxes, of 3:1 contrast and more on a white and on a #111 ground. What went wrong also has a cross, and a data
// race a flash and dashes.
const (
	stepColor  = "#3f7fbf"
	wrongColor = "#d1453b"
)

// drawing is a picture in the making.
type drawing struct {
	strings.Builder
	s      *Schedule
	lanes  []int   // those in which something happens
	first  float64 // where the lanes begin
	lane   float64 // width
	values float64 // where their column begins
	width  float64
	y      float64 // of the next row
}

// SVG draws the schedule: one lane per goroutine, one row per step, the values after each step, and what went wrong. It
// draws at most 60 steps, and says how many more there are. It follows the theme. The text form is Text.
func (s *Schedule) SVG() string {
	d := &drawing{s: s}
	d.layout()
	d.header()
	for i := range min(len(s.Steps), mostRows) {
		d.step(i)
	}
	if more := len(s.Steps) - mostRows; more > 0 {
		d.text(d.first, d.y+rowHeight/2+4, "", fmt.Sprintf("and %s more steps", number(float64(more))), 0)
		d.y += rowHeight
	}
	d.end()
	body := d.String()
	h := fnv.New32a()
	h.Write([]byte(body))
	id := fmt.Sprintf("mp-%08x", h.Sum32())
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" role="img" aria-labelledby="%s-t %s-d" style="display:block;width:100%%;max-width:%.0fpx;height:auto;font:12px var(--jp-ui-font-family,system-ui,sans-serif)">`+
		`<title id="%s-t">A schedule, step by step</title><desc id="%s-d">%s</desc>`+"\n%s</svg>",
		d.width, d.y+6, id, id, d.width, id, id, html.EscapeString(s.Text()), body)
}

// layout divides the width: values get what they need, lanes the rest.
func (d *drawing) layout() {
	longest, places := 0, 0
	for i, step := range d.s.Steps {
		longest = max(longest, len([]rune(d.valuesText(i))))
		places = max(places, len(label(d.s.home, step.File, step.Line)))
	}
	if d.first = 2 * numbers; places > 4 { // the kernel writes Cell [2]:3 as Cell [2] line 3
		d.first = numbers + float64(places+len(" line "))*letter
	}
	values := min(max(float64(longest), 6)*letter+16, 300)
	if longest == 0 {
		values = 0
	}
	for lane := range d.s.Lanes {
		if d.s.uses(lane) {
			d.lanes = append(d.lanes, lane)
		}
	}
	lanes := float64(len(d.lanes))
	d.lane = max((widest-d.first-values)/lanes, narrowest)
	d.values = d.first + lanes*d.lane
	d.width = d.values + values
}

// uses reports whether anything happens in a lane.
func (s *Schedule) uses(lane int) bool {
	return lane == s.Failed || s.Waiting[lane] != "" ||
		slices.ContainsFunc(s.Steps, func(step Step) bool { return step.Lane == lane || step.Partner == lane })
}

// valuesText is what stands beside step i: all values.
func (d *drawing) valuesText(i int) string {
	var parts []string
	for v, value := range d.s.Steps[i].Values {
		parts = append(parts, d.s.Variables[v]+" "+value)
	}
	return strings.Join(parts, "  ")
}

func (d *drawing) middle(lane int) float64 {
	return d.first + (float64(slices.Index(d.lanes, lane))+0.5)*d.lane
}

func (d *drawing) text(x, y float64, style, text string, room float64) {
	fmt.Fprintf(d, `<text x="%.1f" y="%.1f" fill="currentColor" %s>%s</text>`, x, y, style, html.EscapeString(cut(text, room)))
}

// cut shortens a text to the room that it has.
func cut(text string, room float64) string {
	if runes := []rune(text); float64(len(runes))*letter > room && room > 0 {
		return string(runes[:max(1, int(room/letter)-1)]) + "…"
	}
	return text
}

// header names the columns.
func (d *drawing) header() {
	const bold = `text-anchor="middle" font-weight="600"`
	d.text(numbers/2, 18, `text-anchor="middle"`, "step", 0)
	d.text((numbers+d.first)/2, 18, `text-anchor="middle"`, "line", 0)
	for _, lane := range d.lanes {
		d.text(d.middle(lane), 18, bold, d.s.Lanes[lane], d.lane-6)
	}
	if d.values < d.width {
		d.text(d.values+8, 18, "", "values", d.width-d.values)
	}
	d.y = 28
	bottom := d.y + rowHeight*float64(min(len(d.s.Steps), mostRows)+1)
	for _, lane := range d.lanes {
		fmt.Fprintf(d, `<path d="M%.1f %.0fV%.0f" stroke="currentColor" stroke-opacity=".2" fill="none"/>`, d.middle(lane), d.y, bottom)
	}
	d.WriteString("\n")
}

// step draws step i as a row.
func (d *drawing) step(i int) {
	s := d.s.Steps[i]
	baseline := d.y + rowHeight/2 + 4
	d.text(numbers/2, baseline, `text-anchor="middle"`, fmt.Sprint(i+1), 0)
	if at := label(d.s.home, s.File, s.Line); at != "" {
		d.text((numbers+d.first)/2, baseline, `text-anchor="middle" fill-opacity=".7"`, at, 0)
	}
	if s.Partner >= 0 {
		fmt.Fprintf(d, `<path d="M%.1f %.1fH%.1f" stroke="%s" stroke-width="2" fill="none"/>`, d.middle(s.Lane), d.y+rowHeight/2, d.middle(s.Partner), stepColor)
		d.box(s.Partner, s.Meets, stepColor, "")
	}
	if s.Race {
		d.box(s.Lane, "⚡ "+s.What, wrongColor, `stroke-dasharray="4 2" `)
	} else {
		d.box(s.Lane, s.What, stepColor, "")
	}
	d.column(i, baseline)
	d.y += rowHeight
	d.WriteString("\n")
}

// column shows the values after step i; those that it changed are bold.
func (d *drawing) column(i int, baseline float64) {
	s := d.s.Steps[i]
	x, room := d.values+8, d.width-d.values-12
	whole := float64(len([]rune(d.valuesText(i))))*letter <= room
	for v, value := range s.Values {
		changed := d.s.before(i)[v] != value
		if !whole && !changed {
			continue
		}
		style := `fill-opacity=".8"`
		if changed {
			style = `font-weight="600"`
		}
		text := cut(d.s.Variables[v]+" "+value, max(d.width-4-x, 2*letter))
		d.text(x, baseline, style, text, 0)
		x += float64(len([]rune(text))+2) * letter
	}
}

// box draws what happens in a lane.
func (d *drawing) box(lane int, text, color, style string) {
	width := d.lane - 8
	shown := cut(text, width-10)
	fmt.Fprintf(d, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.0f" rx="4" fill="var(--jp-layout-color0,Canvas)" stroke="none"/>`,
		d.middle(lane)-width/2, d.y+(rowHeight-boxHeight)/2, width, boxHeight)
	fmt.Fprintf(d, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.0f" rx="4" fill="%s" fill-opacity=".16" stroke="%s" stroke-width="1.5" %s><title>%s</title></rect>`,
		d.middle(lane)-width/2, d.y+(rowHeight-boxHeight)/2, width, boxHeight, color, color, style, html.EscapeString(d.s.Lanes[lane]+": "+text))
	d.text(d.middle(lane), d.y+rowHeight/2+4, `text-anchor="middle" style="pointer-events:none"`, shown, 0)
}

// end draws what went wrong after the last step: where, and below it in whole lines what.
func (d *drawing) end() {
	if d.s.Failure == "" {
		d.y += 4
		return
	}
	messages := []string{d.s.Failure + d.s.at()}
	waiting := false
	for lane, what := range d.s.Waiting {
		if what == "" {
			continue
		}
		if !waiting {
			messages = []string{strings.SplitAfter(d.s.Failure, ":")[0]}
		}
		waiting = true
		d.box(lane, "✗ waits", wrongColor, "")
		messages = append(messages, what)
	}
	if !waiting {
		d.box(d.s.Failed, "✗ "+d.s.Failure, wrongColor, "")
	}
	d.y += rowHeight + 4
	for _, message := range messages {
		for _, line := range wrap(message, d.width-d.first) {
			d.y += 17
			d.text(d.first, d.y, "", line, 0)
		}
	}
	d.WriteString("\n")
}

// wrap divides a text into lines that fit.
func wrap(text string, room float64) (lines []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && float64(len([]rune(line+" "+word)))*letter > room {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(lines, line)
}
