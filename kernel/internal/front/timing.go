package front

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"time"

	"multiprocessing/kernel/internal/wire"
)

// timing is how long a cell took. Building is known when the go command was called; a cell of shell commands alone has
// none.
type timing struct {
	started           time.Time
	building, running time.Duration
	built             bool
}

// timing reads when the last build ended: the go command of cells notes it; one that does not leaves a program with
// that time.
func (f *front) timing(c *cell, failed *failure) timing {
	t := timing{started: c.started, running: time.Since(c.started)}
	end := c.builds.end
	if end.IsZero() && c.runs {
		end = f.binaryMade()
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

// builds is what the go command of cells has noted of one cell.
type builds struct {
	end        time.Time // of the last build
	ok, failed bool      // the cell was built; or something failed, which printed output
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

// binaryMade returns when the cell's program was linked.
func (f *front) binaryMade() (made time.Time) {
	folder := os.DirFS(f.backend.folder)
	programs, _ := fs.Glob(folder, "gonb_*/gonb_*") // the folder's own name may look like a pattern
	for _, path := range programs {
		if info, err := fs.Stat(folder, path); err == nil && info.Mode().IsRegular() && info.ModTime().After(made) {
			made = info.ModTime()
		}
	}
	return made
}

// metadata is what an execute_reply says of the times.
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

// showTiming shows a reader in JupyterLab how a cell's time was spent, when it was over a second: in a course on timing
// the two must not be taken for one. A notebook that is run without a browser gets no such line: its kept outputs would
// differ from run to run.
func (f *front) showTiming(c *cell, t timing) {
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

// fromJupyterLab tells whether JupyterLab sent the request: others do not say whether they record times.
func fromJupyterLab(m wire.Message) bool {
	var metadata map[string]any
	if json.Unmarshal(m.Metadata, &metadata) != nil {
		return false
	}
	_, found := metadata["recordTiming"]
	return found
}
