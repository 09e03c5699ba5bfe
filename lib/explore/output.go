package explore

import (
	"fmt"
	"sync"

	"github.com/go-gota/gota/dataframe"
	"github.com/janpfeifer/gonb/gonbui/protocol"

	"multiprocessing/lib/display"
	"multiprocessing/lib/internal/notebook"
)

// Output is where a run shows its results. All that package display and
// package chart show during the run goes there too.
type Output struct{}

// Table shows df as display.Table does.
func (*Output) Table(df dataframe.DataFrame, opts ...display.Option) { display.Table(df, opts...) }

// Markdown shows text as display.Markdown does.
func (*Output) Markdown(text string) { display.Markdown(text) }

// places are the displays below the controls, one for each output of a run.
type places struct {
	id       string // that of display n begins with it
	put      func(notebook.Message) error
	progress func(notebook.Bundle) error

	mu     sync.Mutex
	used   int  // guarded by mu, as all of these; by this run
	known  int  // by any run
	closed bool // what a run that was left to itself shows is dropped
}

// show puts b where the run before had its output of the same number. What
// has an id of its own is progress: nothing else is ever replaced.
func (p *places) show(id string, b notebook.Bundle) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed:
		return nil
	case id != "":
		return p.progress(b)
	}
	p.used++
	p.known = max(p.known, p.used)
	return p.put(notebook.Message{ID: p.place(p.used), Bundle: b})
}

func (p *places) place(n int) string { return fmt.Sprintf("%s-%d", p.id, n) }

// begin is called before a run.
func (p *places) begin() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.used = 0
}

// end is called after a run and empties what is left of the run before.
func (p *places) end() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for n := p.used + 1; n <= p.known; n++ {
		if err := p.put(notebook.Message{ID: p.place(n), Bundle: empty()}); err != nil {
			return err
		}
	}
	return nil
}

func (p *places) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
}

func empty() notebook.Bundle {
	return notebook.Bundle{protocol.MIMETextHTML: "", protocol.MIMETextPlain: ""}
}
