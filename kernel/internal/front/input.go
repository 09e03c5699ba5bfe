package front

import (
	"multiprocessing/kernel/internal/runner"
	"multiprocessing/kernel/internal/wire"
)

// askFor asks the reader for a line of input.
func (f *front) askFor(c *execution) {
	f.flush()
	m := wire.New("input_request", f.session, c.Message, map[string]any{"prompt": "input (" + runner.EndOfInput + " ends it): ", "password": c.password})
	f.sendTo(c.request, stdin, m)
	c.asked = true
}

// input sends the reader's input to the running cell.
func (f *front) input(r request) {
	c, value := f.running, text(r.Content, "value")
	switch {
	case c == nil:
	case c.asked:
		c.asked = false
		_ = runner.Write(c.program, runner.Line, []byte(value))
	default:
		f.toGoNB(f.backend.stdin, r.Message, map[string]string{"value": value})
	}
}

func noInput() *failure {
	return short("NoInput", "the cell asks for input, which this client cannot give; run it in JupyterLab or in a console")
}

// asked handles a request for input from GoNB.
func (f *front) asked(m wire.Message) {
	if m.Header.Type != "input_request" || f.running == nil || m.ParentHeader().ID != f.running.Header.ID {
		return
	}
	if !f.running.allowStdin {
		f.running.fault = noInput()
		f.stopCell()
		return
	}
	f.flush()
	f.sendTo(f.running.request, stdin, m)
}
