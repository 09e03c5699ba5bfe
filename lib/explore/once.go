package explore

import (
	"errors"
	"fmt"
	"html"

	"multiprocessing/lib/display"
)

// Neither of these is a fault.
var (
	errNobody = errors.New("there is no page")     // as in papermill
	errSilent = errors.New("the page is too slow") // or there is none
)

// once runs without controls, and then says with which values, and how to choose others. The line is saved with the
// notebook: its reader may well have a page.
func (c Cell) once(why error) {
	c.Run(&Output{})
	var said string
	switch {
	case errors.Is(why, errNobody):
	case errors.Is(why, errSilent):
		said = fmt.Sprintf("No page answered within %v. ", patience)
	default:
		said = fmt.Sprintf("The sliders did not work: %v. ", why)
	}
	said += "This is one run, with " + c.parameters() + ". Run the cell to choose others with sliders, or change them in the notebook's parameters cell."
	display.HTML(lineHTML(html.EscapeString(said)), said)
}
