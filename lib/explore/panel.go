package explore

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"html"
	"math/rand/v2"
	"os"
	"strings"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"multiprocessing/lib/display"
)

var (
	//go:embed panel.css
	style string
	//go:embed panel.js
	script string
)

// kernelID is the variable in which the cell gets the name that Jupyter's
// server has for its kernel. A kernel of papermill or nbconvert has none.
const kernelID = protocol.GONB_JUPYTER_KERNEL_ID_ENV

// showPanel shows the controls if there may be a page, and reports whether it
// did. The variables had the values begin; err says why they do not have those
// that were chosen.
func (c Cell) showPanel(begin []string, err error) bool {
	kernel := os.Getenv(kernelID)
	if kernel == "" {
		return false
	}
	said := "What follows is with " + c.parameters() + "."
	if err != nil {
		said = "Not as chosen: " + err.Error() + ". " + said
	}
	id := fmt.Sprintf("mp-explore-%016x", rand.Uint64())
	display.HTML(panelHTML(c, id, kernel, begin, said), said)
	return true
}

// showLine shows a line of text in the page's font.
func showLine(line string) {
	display.HTML(`<div style="padding:.3em 0;font:var(--jp-ui-font-size1,13px)/1.45 var(--jp-ui-font-family,system-ui,sans-serif);color:var(--jp-content-font-color2,inherit)">`+html.EscapeString(line)+`</div>`, line)
}

// panelHTML returns the form and its script, which switches the controls on
// where they work. JupyterLab does not handle keys in what is marked with
// data-lm-suppress-shortcuts, except the arrow keys: the script stops those.
func panelHTML(c Cell, id, kernel string, begin []string, said string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<div class="mp-explore" id="%s" data-lm-suppress-shortcuts="true"><style>%s</style>`, id, style)
	fmt.Fprintf(&b, `<fieldset disabled><legend>%s</legend><div class="mp-controls">`, html.EscapeString(c.Name))
	for i, control := range c.Controls {
		input := fmt.Sprintf("%s-input-%d", id, i)
		fmt.Fprintf(&b, `<label for="%s">%s</label>%s`, input, html.EscapeString(control.name), control.input(input))
	}
	fmt.Fprintf(&b, `</div><div class="mp-buttons"><button type="button" data-do="run">Run</button><button type="button" data-do="stop">Stop</button></div></fieldset>`+
		`<div role="status">%s</div></div>`, html.EscapeString(said))
	facts, err := json.Marshal(map[string]any{"id": id, "name": c.Name, "kernel": kernel, "variable": c.variable(), "from": begin})
	if err != nil {
		panic("explore: " + err.Error()) // strings always encode
	}
	fmt.Fprintf(&b, "<script>(%s)(%s)</script>", strings.TrimSpace(script), facts)
	return b.String()
}
