// Package explore lets a reader change a notebook's parameters with sliders,
// run with them, and compare, without touching code (the deck's slides 7 to 9
// show one run of each kind):
//
//	%%
//	explore.Cell{
//		Name: "06-pool",
//		Controls: []explore.Control{
//			explore.Int("workers", &workers, 1, 16),
//			explore.Choice("work", &work, "equal", "unequal"),
//		},
//		Run: func(out *explore.Output) {
//			c := timing.Compare(cases(), timing.Record("06-pool", timing.Params{"workers": workers, "work": work}))
//			out.Table(c.DataFrame(), display.Caption(c.Caption()))
//			chart.History(timing.History("06-pool"))
//		},
//	}.Show()
//
// The cell runs until its Stop button is pressed, so it is best the last of
// its notebook: Run All waits there. Where sliders cannot work, the cell runs
// once and says so: see Show.
//
// GoNB's own widgets are not used. They share one connection in a browser
// page, so that a second notebook takes it from the first; they look for the
// server at its root and without TLS; they drop the value 0; and they wait for
// ever where there is no page. The page here has a connection of its own.
//
// Cost: a cell that imports explore takes 5 ms longer to build than one that
// imports display (BenchmarkBuild in package chart). At another base URL or
// over https Show takes 3 s longer to begin, because GoNB first waits for its
// own connection; where a server but no page answers, it gives up after 8 s.
package explore

import (
	"fmt"
	"strings"

	"multiprocessing/lib/internal/interrupt"
)

// Cell is a cell that a reader explores with.
type Cell struct {
	Name     string    // shown above the controls
	Controls []Control // in the order in which they are shown
	Run      func(out *Output)
}

// Show shows the controls, and calls Run at each press of the Run button, with
// the variables set to what the reader chose. What Run shows, through out or
// with display and chart, takes the place of what the run before showed. What
// it prints does not, and stands below. A panic of Run is shown as its
// failure, and the next run may go better.
//
// Show returns when Stop is pressed, at once also in the middle of a run, when
// the kernel is interrupted, when the page is closed, and after 30 minutes
// without a run. A run that is in the middle then goes on until the cell's
// program ends, and must not be waited for.
//
// Sliders need JupyterLab, open in a browser. Where nobody answers within some
// seconds (papermill, nbconvert, another viewer, no notebook at all), Run is
// called once, with the variables as they are, and a line says so.
//
// It panics if Run is nil or there are no controls.
func (c Cell) Show() {
	if c.Run == nil || len(c.Controls) == 0 {
		panic(fmt.Sprintf("explore: Show: cell %q needs a Run and at least one control", c.Name))
	}
	s, err := c.connect()
	if err != nil {
		c.once(err)
		return
	}
	interrupts, stop := interrupt.Notify()
	defer stop()
	s.serve(interrupts)
}

// parameters says what the controls are set to: workers = 4 and work = equal.
func (c Cell) parameters() string {
	var all []string
	for _, control := range c.Controls {
		all = append(all, control.name+" = "+control.text())
	}
	if n := len(all) - 1; n > 0 {
		return strings.Join(all[:n], ", ") + " and " + all[n]
	}
	return all[0]
}
