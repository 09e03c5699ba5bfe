package front

import (
	"encoding/json"
	"net"

	"multiprocessing/kernel/internal/runner"
)

// listenPrograms accepts connections of runners (kernel/internal/runner) until the front ends.
func (f *front) listenPrograms() error {
	listener, err := net.Listen("unix", f.backend.runs())
	if err != nil {
		return err
	}
	go func() {
		<-f.done
		listener.Close()
	}()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go f.serveProgram(conn)
		}
	}()
	return nil
}

// serveProgram makes the loop handle the frames that a runner sends.
func (f *front) serveProgram(conn net.Conn) {
	defer conn.Close()
	var c *execution
	begun := make(chan struct{})
	f.post(func() {
		if c = f.running; c != nil {
			c.program = conn
			_ = runner.Write(conn, runner.Begin, []byte(c.runnerFlags()))
		}
		close(begun)
	})
	select {
	case <-begun:
	case <-f.done:
		return
	}
	for c != nil {
		kind, text, err := runner.Read(conn)
		if err != nil {
			return
		}
		handled := make(chan struct{})
		f.post(func() {
			if f.running == c {
				f.fromProgram(c, kind, text)
			}
			close(handled)
		})
		if kind == runner.Exit {
			select {
			case <-handled:
			case <-f.done:
			}
			return
		}
	}
}

func (c *execution) runnerFlags() (flags string) {
	if c.allowStdin {
		flags += runner.Input
	}
	if c.captured {
		flags += runner.Capture
	}
	return flags
}

// fromProgram handles a frame of the running cell's program.
func (f *front) fromProgram(c *execution, kind runner.Kind, text []byte) {
	switch kind {
	case runner.Stdout:
		f.print(c, "stdout", f.withoutReports(c, "stdout", string(text)))
	case runner.Stderr:
		f.print(c, "stderr", f.withoutReports(c, "stderr", string(text)))
	case runner.Display:
		f.display(c, text)
	case runner.Ask:
		f.askFor(c)
	case runner.Exit:
		c.exits = append(c.exits, string(text))
	}
}

// display publishes a display of the library. If one with the same identifier was published before, it is an update.
func (f *front) display(c *execution, content []byte) {
	var shown struct {
		Transient struct {
			ID string `json:"display_id"`
		} `json:"transient"`
	}
	if len(content) == 0 {
		f.print(c, "stderr", tooLargeText)
		return
	}
	if json.Unmarshal(content, &shown) != nil || !c.output.room(len(content)) {
		return
	}
	kind, id := "display_data", shown.Transient.ID
	if f.shown[id] {
		kind = "update_display_data"
	} else if id != "" {
		f.shown[id] = true
	}
	if c.everySchedule {
		content = []byte(f.placesIn(string(content))) // those in the cells that declare what it uses
	}
	f.flush()
	f.publish(kind, c.Message, json.RawMessage(content))
}
