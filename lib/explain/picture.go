package explain

import (
	"fmt"
	"hash/fnv"
	"html"
	"strings"
	"time"

	"multiprocessing/lib/explain/internal/lanes"
	"multiprocessing/lib/internal/timeaxis"
)

// picture is a run to be drawn.
type picture struct {
	run    lanes.Run
	lanes  []lane // those that are drawn
	rest   []lane // those that are summed up
	said   string
	wakes  bool
	height float64 // of a lane
}

func pictureOf(r lanes.Run, s settings) *picture {
	p := &picture{run: r, wakes: s.wakes}
	if s.processors {
		p.lanes = processorLanes(r)
	} else {
		p.lanes = goroutineLanes(r)
	}
	if len(p.lanes) > mostLanes {
		p.lanes, p.rest = p.lanes[:mostLanes], p.lanes[mostLanes:]
	}
	p.height = min(22, max(9, 560/float64(max(1, len(p.lanes)))))
	p.said = p.sentence()
	return p
}

// Sizes in pixels.
const (
	pictureWidth = 680
	left         = 150
	right        = 668
	bandHeight   = 8
	mostWakes    = 200
	wide         = 8 // width from which a block has a tip
)

// look is how a state is drawn: a color and a part of the lane's height, so that
// the states differ without colors, too.
type look struct {
	name   string
	color  string
	height float64
}

var (
	runs      = look{"running", "#3f7fbf", 1}
	collects  = look{"garbage collection", "#2b8a57", 1}
	isReady   = look{"ready, no core", "#c85a1e", 0.6}
	inSystem  = look{"system call", "#a85cb5", 0.6}
	locked    = look{"waits for a lock", "#cc4a5c", 0.3}
	channels  = look{"waits for a channel", "#9a7d0a", 0.3}
	waitsElse = look{"waits", "#858585", 0.15}
)

func lookOf(iv lanes.Interval) look {
	switch iv.State {
	case lanes.Running:
		if iv.Reason == lanes.Collection {
			return collects
		}
		return runs
	case lanes.Ready:
		return isReady
	case lanes.Syscall:
		return inSystem
	}
	switch iv.Reason {
	case lanes.Mutex, lanes.GIL:
		return locked
	case lanes.Send, lanes.Receive, lanes.Select:
		return channels
	}
	return waitsElse
}

// figure is the picture with its text.
func (p *picture) figure(caption string) string {
	below := html.EscapeString(p.said)
	if caption != "" {
		below += `<br/><span style="color:var(--jp-content-font-color2,inherit)">` + html.EscapeString(caption) + "</span>"
	}
	return `<figure style="margin:.5em 0;color:var(--jp-content-font-color1,inherit)">` + p.svg() +
		`<figcaption style="padding:.3em 0;font:var(--jp-ui-font-size1,13px)/1.45 var(--jp-ui-font-family,system-ui,sans-serif)">` + below + "</figcaption></figure>"
}

func (p *picture) svg() string {
	top := float64(bandHeight + 4)
	bottom := top + p.height*float64(len(p.lanes)) + 4
	var b strings.Builder
	timeaxis.Draw(&b, max(p.run.Length, 1), left, right, bottom)
	p.band(&b)
	used := []look{runs}
	for i, l := range p.lanes {
		used = p.lane(&b, l, top+p.height*float64(i), used)
	}
	if p.wakes {
		p.wakeLines(&b, top)
	}
	rows := legend(&b, used, bottom+48)
	h := fnv.New32a()
	h.Write([]byte(p.said + b.String()))
	id := fmt.Sprintf("mp-%08x", h.Sum32())
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %.0f" role="img" aria-labelledby="%s-t %s-d" style="display:block;width:100%%;max-width:%dpx;height:auto;font:12px var(--jp-ui-font-family,system-ui,sans-serif)"><title id="%s-t">What each goroutine did when</title><desc id="%s-d">%s</desc>`+"\n%s</svg>",
		pictureWidth, bottom+46+18*float64(rows), id, id, pictureWidth, id, id, html.EscapeString(p.said), b.String())
}

func (p *picture) x(t time.Duration) float64 {
	return left + (right-left)*float64(t)/float64(max(p.run.Length, 1))
}

// band draws the collections.
func (p *picture) band(b *strings.Builder) {
	for _, c := range p.run.Collections {
		fmt.Fprintf(b, `<rect x="%.1f" y="2" width="%.1f" height="%d" fill="%s"><title>garbage collection, %s</title></rect>`,
			p.x(c.From), max(1, p.x(c.To)-p.x(c.From)), bandHeight-2, collects.color, timeaxis.Text(c.To-c.From))
	}
	if len(p.run.Collections) > 0 {
		fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="end" fill="currentColor" style="font-size:10px">collections</text>`, left-8, bandHeight+1)
	}
}

// lane draws one, and returns the looks that are used so far.
func (p *picture) lane(b *strings.Builder, l lane, top float64, used []look) []look {
	name := []rune(l.name)
	if len(name) > 22 {
		name = append(name[:21], '…')
	}
	size := min(12, p.height)
	fmt.Fprintf(b, `<g><text x="%d" y="%.1f" text-anchor="end" fill="currentColor" style="font-size:%.0fpx">%s</text>`,
		left-8, top+p.height/2+size/3, size, html.EscapeString(string(name)))
	paths := map[look]*strings.Builder{}
	for _, bl := range p.blocks(l) {
		lk := bl.look
		if !contains(used, lk) {
			used = append(used, lk)
		}
		height := (p.height - 3) * lk.height
		y := top + (p.height-3-height)/2
		if bl.to-bl.from >= wide {
			fmt.Fprintf(b, `<rect x="%d" y="%.1f" width="%d" height="%.1f" fill="%s"%s><title>%s</title></rect>`,
				bl.from, y, bl.to-bl.from, height, lk.color, bl.faint(), html.EscapeString(bl.tip))
			continue
		}
		if paths[lk] == nil {
			paths[lk] = &strings.Builder{}
		}
		fmt.Fprintf(paths[lk], "M%d %.1fh%dv%.1fh-%dz", bl.from, y, bl.to-bl.from, height, bl.to-bl.from)
	}
	for _, lk := range used {
		if path := paths[lk]; path != nil {
			fmt.Fprintf(b, `<path d="%s" fill="%s"/>`, path, lk.color)
		}
	}
	b.WriteString("</g>\n")
	return used
}

func contains(all []look, one look) bool {
	for _, l := range all {
		if l == one {
			return true
		}
	}
	return false
}

// legend names the looks that are used, and returns how many rows it has.
func legend(b *strings.Builder, used []look, y float64) int {
	x, rows := float64(left), 1
	for _, l := range used {
		width := 24 + 6.6*float64(len(l.name))
		if x+width > right {
			x, rows = left, rows+1
			y += 18
		}
		fmt.Fprintf(b, `<rect x="%.0f" y="%.1f" width="14" height="%.1f" fill="%s"/><text x="%.0f" y="%.0f" fill="currentColor">%s</text>`,
			x, y-4-5*l.height, 10*l.height, l.color, x+19, y, l.name)
		x += width + 8
	}
	return rows
}
