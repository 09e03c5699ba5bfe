package explain

import (
	"fmt"
	"html"
	"os"
	"strings"

	"multiprocessing/lib/display"
	"multiprocessing/lib/explain/internal/lanes"
	"multiprocessing/lib/explain/internal/tracefile"
)

// Option changes what Goroutines draws.
type Option func(*settings)

type settings struct {
	processors bool
	wakes      bool
	file       string
	caption    string
}

// Processors makes Goroutines draw a lane for each processor of Go (GOMAXPROCS)
// instead of each goroutine, with what it ran when.
func Processors() Option { return func(s *settings) { s.processors = true } }

// Wakes makes Goroutines draw a line for each wait that another goroutine ended, from
// that goroutine to the one that waited: at most 200.
func Wakes() Option { return func(s *settings) { s.wakes = true } }

// Save makes Goroutines write the trace to a file, which it overwrites (mode 0644):
// for ui.perfetto.dev if the name ends in ".json", otherwise for `go tool trace FILE`.
func Save(file string) Option { return func(s *settings) { s.file = file } }

// Caption sets the line below the picture.
func Caption(text string) Option { return func(s *settings) { s.caption = text } }

// Goroutines runs work, traced, and draws what each goroutine did when: it was
// running, ready to run without a core, waiting, or in a system call. What it waited
// for is in the colors, the tips and the table below the picture; garbage
// collections are a band at the top. For each goroutine that work has started and
// left behind, the text says where it waits, and since when.
//
//	explain.Goroutines(func() { pool.Map(p, numbers, primes.Nth) })
//
// The name of a goroutine is that of the first region that it enters
// (trace.WithRegion of runtime/trace), or of its function. At most 64 lanes are
// drawn; the rest is summed up. Goroutines of Go's runtime are left out, and so are
// those that were there before and only wait.
//
// If there can be no trace, because another one is running or there were too many
// events, work still runs. Goroutines returns no error: the output says why there is
// no picture, or why the file could not be saved. A panic in work propagates, and
// nothing is shown. The trace costs 0.7 ms, and 0.5 µs for each event.
func Goroutines(work func(), opts ...Option) {
	var s settings
	for _, o := range opts {
		o(&s)
	}
	recording, err := tracefile.Record(work)
	var run lanes.Run
	if err == nil {
		run, err = tracefile.Read(recording)
	}
	if err != nil {
		display.Markdown("No picture was drawn: " + html.EscapeString(err.Error()) + ".")
		return
	}
	if s.file != "" {
		s.caption = strings.TrimPrefix(s.caption+" "+save(s.file, recording.Data, run), " ")
	}
	p := pictureOf(run, s)
	display.HTML(p.figure(s.caption), strings.TrimSuffix(p.said+"\n"+s.caption, "\n"))
	display.Table(p.table())
}

// save writes the trace and says so, or why not: the picture is shown all the same.
func save(file string, data []byte, run lanes.Run) string {
	read := "go tool trace " + file
	if strings.HasSuffix(file, ".json") {
		read = "open the file in ui.perfetto.dev"
		var err error
		if data, err = perfetto(run); err != nil {
			return fmt.Sprintf("The trace could not be saved to %s: %v.", file, err)
		}
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		return fmt.Sprintf("The trace could not be saved: %v.", err)
	}
	return fmt.Sprintf("The trace is saved in %s: %s.", file, read)
}
