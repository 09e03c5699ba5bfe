package runner

import (
	"io"
	"os"
	"time"
)

// watchTime is the interval at which a runner checks whether its program waits for input.
const watchTime = 100 * time.Millisecond

// EndOfInput is the line that a reader types to end the input. controlD is what Jupyter's consoles send for Ctrl-D.
const (
	EndOfInput = "^D"
	controlD   = "\x04"
)

// openInput opens the program's standard input: a pipe for what the reader types, or os.DevNull if no reader can answer.
func (r *run) openInput(canAnswer bool) error {
	if r.cmd.Stdin != nil || !canAnswer || !canWatch() {
		return nil // os/exec opens os.DevNull
	}
	reader, writer, err := os.Pipe()
	r.cmd.Stdin, r.input = reader, writer
	return err
}

// watchInput asks the reader whenever the program waits for input.
func (r *run) watchInput(ended <-chan struct{}) {
	_ = r.cmd.Stdin.(*os.File).Close()                // the program has inherited it
	go func() { _, _ = io.Copy(r.input, os.Stdin) }() // for gonbui.RequestInput, GoNB itself asks the reader
	tick := time.NewTicker(watchTime)
	defer tick.Stop()
	asked := false
	for {
		select {
		case <-ended:
			return
		case answer, ok := <-r.answers:
			if !ok || answer == EndOfInput || answer == controlD {
				_ = r.input.Close()
				return
			}
			_, _ = r.input.WriteString(answer + "\n")
			asked = false
		case <-tick.C:
			if !asked && waitsForInput(r.cmd.Process.Pid, r.input) {
				asked = true
				r.send(Ask, nil)
			}
		}
	}
}
