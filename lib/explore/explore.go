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
// The cell shows its controls, runs once, and ends, as any cell does. Run on
// the page does what a reader could do by hand: it stores the chosen values in
// the kernel's environment, with %env, and presses Ctrl+Enter in the cell. So
// nothing waits for the page: Run All goes on, a page may be closed or asleep,
// controls that were saved work after a reload as long as their kernel lives,
// and what is shown is saved with the notebook.
//
// Rejected: a program that waits for its page, as GoNB's widgets do, holds the
// kernel and needs heartbeats to learn that the page is gone. Results that the
// page draws itself are not saved. Results that replace earlier ones by display
// id are lost after a reload, which forgets the ids.
//
// Cost: a cell that imports explore takes 5 ms longer to build than one that
// imports display (BenchmarkBuild in package chart). A press of Run takes 0.1 s
// until the cell's program starts, because the program was built before.
package explore

import (
	"fmt"
	"strings"
)

// Cell is a cell that a reader explores with.
type Cell struct {
	Name     string    // shown above the controls; two cells with one name share what is chosen
	Controls []Control // in the order in which they are shown
	Run      func(out *Output)
}

// Show shows the controls and calls Run, with the variables set to what the
// reader chose. The choice holds until the variables get other values or the
// kernel restarts.
//
// Sliders need JupyterLab, open in a browser. Without a page (papermill,
// nbconvert, no notebook at all) Show calls Run with the variables as they
// are, and prints a line with their values.
//
// Show panics if Run is nil or there are no controls.
func (c Cell) Show() {
	if c.Run == nil || len(c.Controls) == 0 {
		panic(fmt.Sprintf("explore: Show: cell %q needs a Run and at least one control", c.Name))
	}
	begin := c.values()
	err := c.choose(begin)
	page := c.showPanel(begin, err)
	c.Run(&Output{})
	if !page {
		showLine("This is one run, with " + c.parameters() + ". Run the cell to choose others with sliders, or change them in the notebook's parameters cell.")
	}
}

// values returns the variables' values, as the page writes them.
func (c Cell) values() []string {
	var all []string
	for _, control := range c.Controls {
		all = append(all, control.text())
	}
	return all
}

// parameters returns the variables with their values: workers = 4 and work = equal.
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
