package front

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"multiprocessing/kernel/internal/gonb"
	"multiprocessing/kernel/internal/wire"
)

// timing is the time that a cell took. building is 0 if the cell was not built, for example one with only shell commands.
type timing struct {
	started           time.Time
	building, running time.Duration
	built             bool
}

// timing computes the cell's times from the end of its last build. That is in the reports of the go command of cells; if
// there are none, it is the modification time of the program.
func (f *front) timing(c *execution, failed *failure) timing {
	t := timing{started: c.started, running: time.Since(c.started)}
	end := c.builds.end
	if end.IsZero() && c.runs {
		end = gonb.Linked(f.backend.folder)
	}
	if failed != nil && (failed.Name == "BuildError" || c.stopped != nil && c.stopped.building) {
		end = time.Now()
	}
	if end.After(c.started) {
		t.built = true
		t.building = end.Sub(c.started)
		t.running = max(0, t.running-t.building)
	}
	return t
}

// builds summarizes the reports of the go command of cells about one cell.
type builds struct {
	end        time.Time // end of the last build
	ok, failed bool      // the cell was built; a command failed with output
	output     string
}

func readBuilds(notes []byte) (b builds) {
	for line := range bytes.Lines(notes) {
		var note struct {
			Verb, Output string
			End          int64 // ns
			OK           bool
		}
		if json.Unmarshal(line, &note) != nil {
			continue
		}
		if note.Verb != "get" {
			b.ok = note.OK
			if end := time.Unix(0, note.End); end.After(b.end) {
				b.end = end
			}
		}
		b.failed, b.output = b.failed || !note.OK, b.output+note.Output
	}
	return b
}

// metadata returns the metadata of an execute_reply, with the times.
func (t timing) metadata(status any) map[string]any {
	milliseconds := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return map[string]any{
		"started": t.started.UTC().Format(time.RFC3339Nano), "status": status,
		"multiprocessing": map[string]any{"building_ms": milliseconds(t.building), "running_ms": milliseconds(t.running)},
	}
}

func (t timing) String() string {
	return fmt.Sprintf("built in %.1f s, ran for %.1f s", t.building.Seconds(), t.running.Seconds())
}

// showTiming shows the times of building and running in JupyterLab if they exceed a second, so that readers do not confuse
// them. A notebook that is run without a browser gets no such line, because its stored outputs would differ between runs.
func (f *front) showTiming(c *execution, t timing) {
	if !t.built || c.silent || t.building+t.running < time.Second || !fromJupyterLab(c.Message) {
		return
	}
	f.publish("display_data", c.Message, map[string]any{
		"data": map[string]string{
			"text/plain": t.String(),
			"text/html":  `<div style="color: var(--jp-ui-font-color3, #888); font-size: smaller">` + t.String() + `</div>`,
		},
		"metadata": struct{}{}, "transient": struct{}{},
	})
}

// fromJupyterLab reports whether JupyterLab sent the request: only its requests have the field recordTiming.
func fromJupyterLab(m wire.Message) bool {
	var metadata map[string]any
	if json.Unmarshal(m.Metadata, &metadata) != nil {
		return false
	}
	_, found := metadata["recordTiming"]
	return found
}
