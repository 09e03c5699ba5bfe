package display

import (
	"bytes"
	"cmp"
	"fmt"
	"html"
	"maps"
	"runtime/pprof"
	"slices"
	"strings"
	"time"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"

	"multiprocessing/lib/display/internal/cpuprofile"
	"multiprocessing/lib/display/monospace"
)

// Profile runs the work and shows where its CPU time went, as a flame
// picture: each block is a function, as wide as the time spent in it and in
// what it called, and what it called stands below it. The widest block
// without others below it is the one to look at first. The table below the
// picture has the time that each function took itself.
//
//	display.Profile(func() { pool.Map(p, numbers, primes.Nth) })
//
// The profiler takes 100 samples per second of CPU time, so work of less than some
// tenths of a second shows little. Work in other processes is not seen. If another
// CPU profile is running, the work still runs, and the output says that no profile
// was taken. A panic in the work propagates, and nothing is shown.
func Profile(work func(), opts ...Option) {
	var s settings
	for _, o := range opts {
		o(&s)
	}
	var b bytes.Buffer
	if err := pprof.StartCPUProfile(&b); err != nil {
		work() // another profile is being taken: no reason not to do it
		Markdown("No profile was taken: " + err.Error() + ".")
		return
	}
	took := profiled(work)
	samples, err := cpuprofile.Read(&b)
	if err != nil {
		Markdown("No profile was taken: " + err.Error() + ".")
		return
	}
	root := flameOf(samples)
	if root.cpu == 0 {
		Markdown(fmt.Sprintf("The profile is empty: in the %s that the work took it had too little of a core for a sample.", duration(took)))
		return
	}
	said := describeFlame(root, took)
	figure := fmt.Sprintf(`<figure style="margin:.5em 0;color:var(--jp-content-font-color1,inherit)">%s<figcaption style="%s">%s</figcaption></figure>`,
		flameSVG(root, said), captionStyle, captionHTML(said, s.caption))
	HTML(figure, strings.TrimSuffix(said+"\n"+s.caption, "\n"))
	Table(functionsOf(root), Rows(5))
}

// functionsOf has a row for each function that was met, by the time that it
// took itself.
func functionsOf(root *frame) dataframe.DataFrame {
	self := map[string]time.Duration{}
	root.selfTimes(self)
	delete(self, "") // the root
	var names []string
	var shares, times []float64
	for _, name := range bySelfTime(self) {
		names = append(names, shortName(name))
		shares = append(shares, 100*float64(self[name])/float64(root.cpu))
		times = append(times, float64(self[name])/float64(time.Millisecond))
	}
	return dataframe.New(series.New(names, series.String, "function"),
		series.New(shares, series.Float, "itself %"), series.New(times, series.Float, "itself ms"))
}

// bySelfTime are the names of functions that took time themselves, the longest
// first.
func bySelfTime(self map[string]time.Duration) []string {
	names := slices.SortedFunc(maps.Keys(self), func(a, b string) int {
		return cmp.Or(cmp.Compare(self[b], self[a]), cmp.Compare(a, b))
	})
	return slices.DeleteFunc(names, func(name string) bool { return self[name] == 0 })
}

func profiled(work func()) time.Duration {
	defer pprof.StopCPUProfile()
	begin := time.Now()
	work()
	return time.Since(begin)
}

// frame is a function in the place where it was called.
type frame struct {
	name  string
	cpu   time.Duration // with what it called
	self  time.Duration
	calls map[string]*frame
}

// flameOf merges the samples into a tree, below a root without a name.
func flameOf(samples []cpuprofile.Sample) *frame {
	root := &frame{calls: map[string]*frame{}}
	for _, s := range samples {
		at := root
		at.cpu += s.CPU
		for _, name := range s.Stack {
			if at.calls[name] == nil {
				at.calls[name] = &frame{name: name, calls: map[string]*frame{}}
			}
			at = at.calls[name]
			at.cpu += s.CPU
		}
		at.self += s.CPU
	}
	return root
}

// ordered are the calls of a frame, the longest first.
func (f *frame) ordered() []*frame {
	return slices.SortedFunc(maps.Values(f.calls), func(a, b *frame) int {
		return cmp.Or(cmp.Compare(b.cpu, a.cpu), cmp.Compare(a.name, b.name))
	})
}

// selfTimes sums up what each function did itself, wherever it was called.
func (f *frame) selfTimes(into map[string]time.Duration) {
	into[f.name] += f.self
	for _, c := range f.calls {
		c.selfTimes(into)
	}
}

func describeFlame(root *frame, took time.Duration) string {
	self := map[string]time.Duration{}
	root.selfTimes(self)
	names := bySelfTime(self)
	var parts []string
	for _, name := range names[:min(5, len(names))] {
		if share := float64(self[name]) / float64(root.cpu); share >= 0.01 {
			parts = append(parts, fmt.Sprintf("%s %.0f%%", shortName(name), 100*share))
		}
	}
	return fmt.Sprintf("%s of CPU time in %s. The time of the functions themselves: %s.", duration(root.cpu), duration(took), strings.Join(parts, ", "))
}

// shortName leaves out the folders of a package's path and, of a generic
// function, the types: "pool.Map" for "multiprocessing/lib/pool.Map[...]".
func shortName(name string) string {
	for {
		before, after, found := strings.Cut(name, "[")
		_, after, closed := strings.Cut(after, "]")
		if !found || !closed {
			break
		}
		name = before + after
	}
	return name[strings.LastIndexByte(name, '/')+1:]
}

// Sizes of a flame picture in pixels.
const (
	flameRow   = 19
	flameDepth = 40  // rows
	flameLeast = 0.7 // width of a block
	letter     = 6.6 // width of one in a block
)

func flameSVG(root *frame, said string) string {
	var b strings.Builder
	p := painter{all: root.cpu, colors: map[string]string{}}
	p.calls(&b, root, 0, timelineWidth, 0)
	id := fmt.Sprintf("mp-%08x", hash(said+b.String(), nil))
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-labelledby="%s-t %s-d" style="display:block;width:100%%;max-width:%dpx;height:auto;font:11px var(--jp-ui-font-family,system-ui,sans-serif)"><title id="%s-t">CPU profile</title><desc id="%s-d">%s</desc>`+"\n%s</svg>",
		timelineWidth, p.deepest*flameRow+2, id, id, timelineWidth, id, id, html.EscapeString(said), b.String())
}

// painter draws the blocks of one picture.
type painter struct {
	all     time.Duration
	colors  map[string]string // by package
	deepest int
}

// calls draws what f calls, from left, and below it what those call.
func (p *painter) calls(b *strings.Builder, f *frame, left, width float64, depth int) {
	for _, c := range f.ordered() {
		w := width * float64(c.cpu) / float64(f.cpu)
		if w < flameLeast || depth == flameDepth {
			return // those after it are narrower still
		}
		p.deepest = max(p.deepest, depth+1)
		p.block(b, c, left, w, depth)
		p.calls(b, c, left, w, depth+1)
		left += w
	}
}

func (p *painter) block(b *strings.Builder, c *frame, left, width float64, depth int) {
	top := depth * flameRow
	share := 100 * float64(c.cpu) / float64(p.all)
	fmt.Fprintf(b, `<g><title>%s: %.1f%%, %s; itself %s</title><rect x="%.2f" y="%d" width="%.2f" height="%d" rx="2" fill="%s"/>`,
		html.EscapeString(monospace.Line(c.name)), share, duration(c.cpu), duration(c.self), left, top, max(flameLeast, width-1), flameRow-1, p.color(c.name))
	if label := []rune(monospace.Line(shortName(c.name))); width > 6*letter {
		if room := int((width - 8) / letter); len(label) > room {
			label = append(label[:max(0, room-1)], '…')
		}
		// The blocks are light in both themes, so their text is dark in both.
		fmt.Fprintf(b, `<text x="%.2f" y="%d" fill="#111">%s</text>`, left+4, top+13, html.EscapeString(string(label)))
	}
	b.WriteString("</g>\n")
}

// color is gray for Go's runtime, and for each package another, as long as
// there are some left.
func (p *painter) color(name string) string {
	if strings.HasPrefix(name, "runtime.") || strings.HasPrefix(name, "runtime/") || strings.HasPrefix(name, "internal/runtime") {
		return "#b8b8b8"
	}
	pkg, _, _ := strings.Cut(shortName(name), ".")
	if p.colors[pkg] == "" {
		p.colors[pkg] = []string{"#8fbbe6", "#e8b98f", "#93cfae", "#cfaede", "#d6c67c"}[len(p.colors)%5]
	}
	return p.colors[pkg]
}
