package explore

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"html"
	"strings"
	"sync"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"multiprocessing/lib/internal/notebook"
)

var (
	//go:embed panel.css
	style string
	//go:embed panel.js
	script string
)

// kernelID is the variable in which the cell gets the name that Jupyter's
// server has for its kernel.
const kernelID = protocol.GONB_JUPYTER_KERNEL_ID_ENV

// panel is what a reader sees of the cell beside its results: the controls,
// and below them the progress.
//
// The page learns how things stand from the metadata of the progress. It
// reads that from the kernel's own stream of outputs, so nothing else must
// reach it.
type panel struct {
	id  string
	put func(notebook.Message) error

	mu          sync.Mutex
	state, said string          // guarded by mu; "ready", "running" or "ended", and the line beside the buttons
	shown       notebook.Bundle // guarded by mu; the progress
}

func (p *panel) open(c Cell, kernel, address string) error {
	return p.put(notebook.Message{ID: p.id, Bundle: notebook.Bundle{
		protocol.MIMETextHTML:  panelHTML(c, p.id, kernel, address),
		protocol.MIMETextPlain: "Sliders for " + c.Name + ", while the cell runs in JupyterLab.",
	}})
}

// remove empties the panel.
func (p *panel) remove() error { return p.put(notebook.Message{ID: p.id, Bundle: empty()}) }

// say shows a line beside the buttons. Like progress it is not worth an error:
// what failed here fails at the result too.
func (p *panel) say(state, line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state, p.said, p.shown = state, line, empty()
	_ = p.tell()
}

// repeat tells the page once more what it was told last.
func (p *panel) repeat() {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.tell()
}

func (p *panel) progress(b notebook.Bundle) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shown = b
	return p.tell()
}

// tell is called with mu held.
func (p *panel) tell() error {
	return p.put(notebook.Message{ID: p.statusID(), Bundle: p.shown, Metadata: map[string]string{"explore": p.state, "said": p.said}})
}

func (p *panel) statusID() string { return p.id + "-status" }

// end puts a line in place of the controls.
func (p *panel) end(line string) {
	p.say("ended", line)
	_ = p.put(notebook.Message{ID: p.statusID(), Bundle: empty()}) // without metadata, which would be saved
	_ = p.put(notebook.Message{ID: p.id, Bundle: notebook.Bundle{protocol.MIMETextHTML: lineHTML(html.EscapeString(line)), protocol.MIMETextPlain: line}})
}

func lineHTML(line string) string {
	return `<div style="padding:.3em 0;font:var(--jp-ui-font-size1,13px)/1.45 var(--jp-ui-font-family,system-ui,sans-serif);color:var(--jp-content-font-color2,inherit)">` + line + `</div>`
}

// panelHTML is the form and its script. JupyterLab leaves its keys to what is
// marked with data-lm-suppress-shortcuts, all but the arrow keys: those the
// script keeps.
func panelHTML(c Cell, id, kernel, address string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<div class="mp-explore" id="%s" data-lm-suppress-shortcuts="true"><style>%s</style>`, id, style)
	fmt.Fprintf(&b, `<fieldset disabled><legend>%s</legend><div class="mp-controls">`, html.EscapeString(c.Name))
	for i, control := range c.Controls {
		input := fmt.Sprintf("%s-input-%d", id, i)
		fmt.Fprintf(&b, `<label for="%s">%s</label>%s`, input, html.EscapeString(control.name), control.input(input))
	}
	b.WriteString(`</div></fieldset><div class="mp-buttons">` +
		`<button type="button" data-do="run" aria-disabled="true">Run</button><button type="button" data-do="stop" disabled>Stop</button>` +
		`<span role="status">Connecting.</span></div></div>`)
	facts, err := json.Marshal(map[string]string{"id": id, "kernel": kernel, "address": address})
	if err != nil {
		panic("explore: " + err.Error()) // strings always encode
	}
	fmt.Fprintf(&b, "<script>(%s)(%s)</script>", strings.TrimSpace(script), facts)
	return b.String()
}
