package display

import (
	"fmt"
	"html"
	"os"
	"sync"
	"time"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"multiprocessing/lib/display/monospace"
	"multiprocessing/lib/internal/notebook"
	"multiprocessing/lib/timing/progress"
)

// timing reports its progress without being asked to; a cell that imports
// display too sees it.
func init() { progress.Listen(Progress) }

// Work of less than patience shows no progress, and other work at most one
// update in each pause.
const (
	patience = time.Second
	pause    = 100 * time.Millisecond
)

// Progress shows where a long piece of work stands, and how long it will probably
// still take. timing.Compare calls it by itself. Other work calls it before each
// step, and at the end with Done:
//
//	defer display.Progress(progress.Step{Done: true})
//	for i, file := range files {
//		display.Progress(progress.Step{Doing: file, Round: i + 1, Of: len(files)})
//		...
//	}
//
// Round counts from 1; 0 means that the work is warming up. The time left never
// grows: if a piece of work takes longer than Progress has shown, it says "longer
// than expected". In the first second it shows nothing, then at most ten updates per
// second, and after Done nothing is left. Outside a notebook it prints one line to
// stderr, once. It may be called from many goroutines; it takes their steps for
// those of one piece of work.
func Progress(s progress.Step) { shown.report(s) }

var shown = tracker{now: time.Now, after: time.AfterFunc, show: showProgress}

// tracker decides what is shown when.
type tracker struct {
	now   func() time.Time
	after func(time.Duration, func()) *time.Timer
	show  func(id int, s progress.Step)

	mu      sync.Mutex
	id      int // guarded by mu, as all of these; of the piece of work
	busy    bool
	step    progress.Step
	begun   time.Time
	end     time.Time // the earliest that was expected; zero if none was
	last    time.Time // of the last update; zero before the first
	waiting *time.Timer
}

func (t *tracker) report(s progress.Step) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case s.Done:
		t.stop()
		return
	case !t.busy:
		t.busy, t.begun, t.last, t.end = true, t.now(), time.Time{}, time.Time{}
		t.id++
		id := t.id
		// For a first step that itself takes longer.
		t.waiting = t.after(patience, func() { t.late(id) })
	}
	t.step = s
	if now := t.now(); now.Sub(t.begun) >= patience && now.Sub(t.last) >= pause {
		t.update()
	}
}

// late shows the step that went on for the whole first second.
func (t *tracker) late(id int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.busy && t.id == id && t.last.IsZero() {
		t.update()
	}
}

// update and stop are called with mu held.
func (t *tracker) update() {
	t.last = t.now()
	t.show(t.id, t.expected())
}

// expected returns the step with a time left that is no longer than the one
// shown before, less what has passed since; -1 if that time is over.
func (t *tracker) expected() progress.Step {
	s := t.step
	if s.Left <= 0 {
		return s
	}
	if end := t.last.Add(s.Left); t.end.IsZero() || end.Before(t.end) {
		t.end = end
	}
	if s.Left = t.end.Sub(t.last); s.Left <= 0 {
		s.Left = -1
	}
	return s
}

func (t *tracker) stop() {
	if !t.busy {
		return
	}
	t.busy = false
	t.waiting.Reset(0) // Go reports no deadlock while there is a timer, even one that was stopped
	if !t.last.IsZero() {
		t.show(t.id, progress.Step{Done: true})
	}
}

// printedID is the piece of work whose line was printed, outside a notebook.
var printedID int // guarded by shown.mu

func showProgress(id int, s progress.Step) {
	if !notebook.Inside() {
		if !s.Done && printedID != id {
			printedID = id
			fmt.Fprintln(os.Stderr, progressText(s))
		}
		return
	}
	b := notebook.Bundle{protocol.MIMETextHTML: "", protocol.MIMETextPlain: ""}
	if !s.Done {
		b = notebook.Bundle{protocol.MIMETextHTML: progressHTML(s), protocol.MIMETextPlain: progressText(s)}
	}
	// Progress is not worth an error: what failed here fails at the result too.
	_ = notebook.Update(fmt.Sprintf("mp-progress-%d-%d", os.Getpid(), id), b)
}

func progressText(s progress.Step) string {
	text := monospace.Line(s.Doing)
	switch {
	case s.Round > 0 && s.Of > 0:
		text += fmt.Sprintf(": round %d of %d", s.Round, s.Of)
	case s.Round > 0:
		text += fmt.Sprintf(": round %d", s.Round)
	default:
		text += ": first run"
	}
	switch {
	case s.Left > 0:
		text += ", " + left(s.Left)
	case s.Left < 0:
		text += ", longer than expected"
	}
	return text
}

// left is in whole seconds: it is not known better.
func left(d time.Duration) string {
	seconds := int((d + time.Second - 1) / time.Second)
	if seconds < 100 {
		return fmt.Sprintf("about %d s left", seconds)
	}
	return fmt.Sprintf("about %d min left", (seconds+59)/60)
}

func progressHTML(s progress.Step) string {
	bar := ""
	if s.Of > 0 {
		bar = fmt.Sprintf(`<progress value="%d" max="%d" style="vertical-align:middle;margin-right:.8em;accent-color:#3f7fbf"></progress>`, max(0, s.Round-1), s.Of)
	}
	return fmt.Sprintf(`<div role="status" style="padding:.3em 0;font:var(--jp-ui-font-size1,13px) var(--jp-ui-font-family,system-ui,sans-serif);color:var(--jp-content-font-color2,inherit)">%s%s</div>`,
		bar, html.EscapeString(progressText(s)))
}
