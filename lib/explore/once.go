package explore

import (
	"errors"
	"html"

	"multiprocessing/lib/display"
)

// errNobody says that no page answered, which is not a fault.
var errNobody = errors.New("no page answered")

// once runs without controls, and then says why.
func (c Cell) once(why error) {
	c.Run(&Output{})
	said := "The sliders of this cell need JupyterLab, open in a browser (go run ./kernel lab)."
	if !errors.Is(why, errNobody) {
		said = "The sliders of this cell do not work here: " + why.Error() + "."
	}
	said += " It ran once instead, with " + c.parameters() + ": change these in the notebook's parameters cell and run it again."
	display.HTML(lineHTML(html.EscapeString(said)), said)
}
