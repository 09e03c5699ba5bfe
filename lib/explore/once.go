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

// once runs without controls, and then says why.
func (c Cell) once(why error) {
	c.Run(&Output{})
	said := "The sliders of this cell do not work here: " + why.Error() + "."
	switch {
	case errors.Is(why, errNobody):
		said = "The sliders of this cell need JupyterLab, open in a browser (go run ./kernel lab)."
	case errors.Is(why, errSilent):
		said = fmt.Sprintf("No page answered within %v. The sliders of this cell need JupyterLab; if this is JupyterLab, run the cell again.", patience)
	}
	said += " It ran once instead, with " + c.parameters() + ": change these in the notebook's parameters cell and run it again."
	display.HTML(lineHTML(html.EscapeString(said)), said)
}
