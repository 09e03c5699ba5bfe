package front

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"multiprocessing/kernel/internal/wire"
)

const (
	headLimit    = 1 << 20               // bytes of text that are shown as a cell prints them
	tailLimit    = 256 << 10             // bytes at the end of longer text that are shown when the cell has ended
	displayLimit = 64 << 20              // bytes of a cell's displays, for example pictures
	gather       = 20 * time.Millisecond // minimum time between two messages of text
	gatherLimit  = 64 << 10              // size at which text is sent at once
)

// output is the output of a cell.
type output struct {
	shown, printed int  // bytes of text: sent as printed, and in total
	cut            bool // headLimit is reached
	tail           []piece
	tailSize       int
	displayed      int
	displayCut     bool
	lost           int // messages that did not reach all clients

	pending  piece // text to send
	lastSent time.Time
	timer    *time.Timer

	crash crash
}

// piece is text of one stream.
type piece struct{ name, text string }

// room reports whether a display of that size may be shown, and counts it. Updates of a display that come from GoNB are not
// counted, because they replace it.
func (o *output) room(size int) bool {
	if o.displayed += size; o.displayed <= displayLimit {
		return true
	}
	o.displayCut = true
	return false
}

// print sends text that a cell prints, up to headLimit. It stores the end of the rest for later.
func (f *front) print(c *execution, name, text string) {
	o := &c.output
	if o.printed += len(text); text == "" {
		return
	}
	if !o.cut {
		room := headLimit - o.shown
		if len(text) <= room {
			o.shown += len(text)
			f.gather(c, piece{name, text})
			return
		}
		first := wholeLines(text[:room])
		o.shown += len(first)
		f.gather(c, piece{name, first})
		f.gather(c, piece{"stderr", fmt.Sprintf("\n[cut here: this cell prints more than %d MB; the end follows when it has ended]\n", headLimit>>20)})
		o.cut = true
		text = text[len(first):]
	}
	o.keep(piece{name, text})
}

// keep adds text to the tail and drops the oldest text beyond tailLimit.
func (o *output) keep(p piece) {
	if n := len(o.tail); n > 0 && o.tail[n-1].name == p.name && len(o.tail[n-1].text) < 16<<10 {
		o.tail[n-1].text += p.text
	} else {
		o.tail = append(o.tail, p)
	}
	o.tailSize += len(p.text)
	for o.tailSize-len(o.tail[0].text) >= tailLimit {
		o.tailSize -= len(o.tail[0].text)
		o.tail[0] = piece{}
		o.tail = o.tail[1:]
	}
}

// gather collects text and sends it at most every 20 ms. Otherwise the browser would redraw for every line that a program
// prints.
func (f *front) gather(c *execution, p piece) {
	o := &c.output
	if o.pending.name != p.name {
		f.sendPending(c)
	}
	o.pending.name, o.pending.text = p.name, o.pending.text+p.text
	switch {
	case len(o.pending.text) >= gatherLimit || time.Since(o.lastSent) >= gather:
		f.sendPending(c)
	case o.timer == nil:
		o.timer = f.after(gather, func() { f.sendPending(c) })
	}
}

func (f *front) sendPending(c *execution) {
	o := &c.output
	if o.timer != nil {
		o.timer.Stop()
		o.timer = nil
	}
	if o.pending.text != "" {
		f.publish("stream", c.Message, map[string]string{"name": o.pending.name, "text": o.pending.text})
		o.pending, o.lastSent = piece{}, time.Now()
	}
}

// flush sends the running cell's pending text, before another message is sent.
func (f *front) flush() {
	if f.running != nil {
		f.sendPending(f.running)
	}
}

// endOutput sends the rest of a cell's output.
func (f *front) endOutput(c *execution) {
	o := &c.output
	if crash := o.crash.release(); crash != "" { // it is not in the cell's error
		f.print(c, "stderr", crash)
	}
	if o.cut {
		f.sendTail(c)
	}
	if o.displayCut {
		f.gather(c, piece{"stderr", fmt.Sprintf("[left out: more pictures, tables and pages than %d MB]\n", displayLimit>>20)})
	}
	f.sendPending(c)
	if o.lost > 0 {
		line := fmt.Sprintf("[a reader of this kernel is too slow: %d messages of what this cell shows did not reach it; run the cell again]\n", o.lost)
		f.send(wire.New("stream", f.session, c.Message, map[string]string{"name": "stderr", "text": line}), c.Message, false)
	}
}

func (f *front) sendTail(c *execution) {
	o := &c.output
	tail := o.tail
	if len(tail) > 0 {
		if over := o.tailSize - tailLimit; over > 0 {
			tail[0].text = fromLine(tail[0].text[over:])
		}
	}
	left := o.printed - o.shown
	for _, p := range tail {
		left -= len(p.text)
	}
	if left > 0 {
		f.gather(c, piece{"stderr", fmt.Sprintf("[left out: %s of %s; write long output to a file]\n", megabytes(left), megabytes(o.printed))})
	}
	for _, p := range tail {
		f.gather(c, p)
	}
}

func megabytes(n int) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

// wholeLines returns text up to its last newline, or up to its last whole character if there is none.
func wholeLines(text string) string {
	if end := strings.LastIndexByte(text, '\n'); end >= 0 {
		return text[:end+1]
	}
	for i := 0; i < utf8.UTFMax && len(text) > 0 && !utf8.ValidString(text[max(0, len(text)-utf8.UTFMax):]); i++ {
		text = text[:len(text)-1]
	}
	return text
}

// fromLine returns text from its first whole line, or from its first whole character if there is none.
func fromLine(text string) string {
	if start := strings.IndexByte(text, '\n'); start >= 0 {
		return text[start+1:]
	}
	for len(text) > 0 && !utf8.RuneStart(text[0]) {
		text = text[1:]
	}
	return text
}
