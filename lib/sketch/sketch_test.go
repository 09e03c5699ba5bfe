package sketch

import (
	"encoding/xml"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
)

var update = flag.Bool("update", false, "write the files in testdata")

// lock has headings, bars of every kind, and arrows in both directions.
var lock = Lanes{
	Title: "A lock <passes> on",
	About: "Goroutine 2 waits & gets the lock.",
	Lanes: []Lane{
		{Name: "Three goroutines, one lock"},
		{"goroutine 1", []Bar{{0, 4, Blue("has the lock")}, {4, 12, Gray("goes on")}}},
		{"goroutine 2", []Bar{{1, 4, Dashed("waits")}, {4, 8, Blue("has the lock")}, {8, 12, Red("dies")}}},
		{"goroutine 3", []Bar{{2, 8, Dashed("waits")}, {8, 12, Blue("has the lock")}}},
	},
	Arrows: []Arrow{
		{4, "goroutine 1", "goroutine 2", "Unlock"}, {8, "goroutine 2", "goroutine 3", "Unlock"}, {10, "goroutine 2", "goroutine 1", "back & forth"},
	},
}

// halo has a heading, an empty place, a wide box and arrows in both directions.
var halo = Boxes{
	Title:   "Each worker sends its <outermost> row",
	About:   "Row 19 is copied & sent.",
	Columns: []float64{1, 2, 2, 2},
	Rows: [][]Box{
		{Text("Two workers, one plate")},
		{{}, Text("worker 1"), {}, Text("worker 2")},
		{Text("row 18"), Blue("its own").Wide(2), Gray("")},
		{Text("row 19"), Red("its own"), Right("a copy"), Dashed("halo")},
		{Text("row 20"), Dashed("halo"), Left(""), Red("its own")},
	},
}

func draw(l Lanes) string      { return l.draw().svg(l.Title, l.About) }
func drawBoxes(b Boxes) string { return b.draw().svg(b.Title, b.About) }

func TestPictures(t *testing.T) {
	for name, svg := range map[string]string{"lanes.svg": draw(lock), "boxes.svg": drawBoxes(halo)} {
		file := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(file, []byte(svg), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil || svg != strings.ReplaceAll(string(want), "\r\n", "\n") {
			t.Errorf("%s: %v, got\n%s\nRun go test -update if it is meant to change.", name, err, svg)
		}
	}
}

func TestThePictureHasATitleAndADescription(t *testing.T) {
	for svg, want := range map[string][2]string{draw(lock): {lock.Title, lock.About}, drawBoxes(halo): {halo.Title, halo.About}} {
		for i, name := range []string{"title", "desc"} {
			if got := textOf(t, svg, name); len(got) != 1 || got[0].text != want[i] {
				t.Errorf("<%s> is %v, want %q", name, got, want[i])
			}
		}
		ids := regexp.MustCompile(`aria-labelledby="(\S+) (\S+)"`).FindStringSubmatch(svg)
		if ids == nil || !strings.Contains(svg, `<title id="`+ids[1]+`"`) || !strings.Contains(svg, `<desc id="`+ids[2]+`"`) {
			t.Errorf("title and description do not name the picture: %v", ids)
		}
	}
}

func TestOnlyTheThemesColorsAndThoseOfTheChartsAreUsed(t *testing.T) {
	allowed := regexp.MustCompile(`^(currentColor|none|#3f7fbf|#cc4a5c)$`)
	for _, svg := range []string{draw(lock), drawBoxes(halo)} {
		for _, c := range regexp.MustCompile(`(?:fill|stroke)="([^"]+)"`).FindAllStringSubmatch(svg, -1) {
			if !allowed.MatchString(c[1]) {
				t.Errorf("the color %s does not follow the theme", c[1])
			}
		}
		// Without a fill of its own an element is black, in the dark too.
		for _, e := range regexp.MustCompile(`<(?:path|text|rect)[^>]*>`).FindAllString(svg, -1) {
			if !strings.Contains(e, "fill=") {
				t.Errorf("%s has no color", e)
			}
		}
	}
}

// A picture that would be wrong is an error that says what is wrong, in one line.
func TestWhatCannotBeDrawnPanics(t *testing.T) {
	bars := func(list ...Bar) []Lane { return []Lane{{"a", list}, {"b", []Bar{{0, 10, Gray("works")}}}} }
	arrow := func(a Arrow) Lanes { return Lanes{"t", "a", bars(Bar{0, 10, Gray("works")}), []Arrow{a}} }
	row := func(boxes ...Box) Boxes { return Boxes{"t", "a", []float64{1, 2}, [][]Box{boxes}} }
	long := strings.Repeat("mm", 20)
	for want, draw := range map[string]func(){
		`sketch: Lanes: needs a Title and an About`:                                                          func() { Lanes{Lanes: bars()}.Show() },
		`sketch: Lanes: needs a lane with a bar`:                                                             func() { Lanes{Title: "t", About: "a", Lanes: []Lane{{Name: "a"}}}.Show() },
		`sketch: Lanes: lane "a": the bar from 3 to 3 must begin at 0 or later, and end after it begins`:     func() { Lanes{Title: "t", About: "a", Lanes: bars(Bar{3, 3, Gray("")})}.Show() },
		`sketch: Lanes: lane "a": the bar from 2 to 4 must begin at 3 or later, and end after it begins`:     func() { Lanes{Title: "t", About: "a", Lanes: bars(Bar{0, 3, Gray("")}, Bar{2, 4, Gray("")})}.Show() },
		`sketch: Lanes: the arrow from "a" to "c" at 3 must lead from a lane to the next, between 0 and 10`:  func() { arrow(Arrow{3, "a", "c", ""}).Show() },
		`sketch: Lanes: the arrow from "b" to "b" at 3 must lead from a lane to the next, between 0 and 10`:  func() { arrow(Arrow{3, "b", "b", ""}).Show() },
		`sketch: Lanes: the arrow from "b" to "a" at 11 must lead from a lane to the next, between 0 and 10`: func() { arrow(Arrow{11, "b", "a", ""}).Show() },
		`sketch: Lanes: "late" needs 19 pixels and has 0: write a shorter text, or give it more room`:        func() { arrow(Arrow{10, "b", "a", "late"}).Show() },
		`sketch: Boxes: needs a Title and an About`:                                                          func() { Boxes{Columns: []float64{1}, Rows: [][]Box{{Gray("")}}}.Show() },
		`sketch: Boxes: needs a row`:                                                                             func() { Boxes{Title: "t", About: "a"}.Show() },
		`sketch: Boxes: the width of column 2 must be positive, got 0`:                                           func() { Boxes{"t", "a", []float64{1, 0}, [][]Box{{}}}.Show() },
		`sketch: Boxes: box "c" ends in column 3, and there are 2`:                                               func() { row(Gray("a"), Gray("b"), Gray("c")).Show() },
		`sketch: Boxes: box "a" ends in column 3, and there are 2`:                                               func() { row(Gray("a").Wide(3)).Show() },
		`sketch: Boxes: "` + long + `" needs 400 pixels and has 216: write a shorter text, or give it more room`: func() { row(Gray(long), Gray("b")).Show() },
		`sketch: Wide: must be at least 1, got 0`:                                                                func() { Gray("a").Wide(0) },
	} {
		t.Run(want, func(t *testing.T) {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panic value is %v, want %q", got, want)
				}
			}()
			draw()
		})
	}
}

// Whatever stands in titles and texts, the markup has the elements and attributes that it
// has with plain words.
func FuzzEscaping(f *testing.F) {
	for _, s := range []string{"plain", `<script>alert("x")</script>`, `" onload="x`, "]]></desc>", "&lt;", "</svg>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || len(s) > 30 || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0xfffe || r == 0xffff }) {
			t.Skip() // no XML reader takes these, or they do not fit
		}
		all := func(s string) string {
			lanes := Lanes{"t" + s, "a" + s, []Lane{{Name: "h" + s}, {"a", []Bar{{0, 1, Gray("b" + s)}}}, {"b", []Bar{{0, 1, Right("r" + s)}}}}, []Arrow{{0, "a", "b", "u" + s}}}
			boxes := Boxes{"t" + s, "a" + s, []float64{1}, [][]Box{{Text("h" + s)}, {Gray("b" + s)}, {Left("l" + s)}}}
			return "<all>" + draw(lanes) + drawBoxes(boxes) + "</all>"
		}
		got, want := elements(t, all(s)), elements(t, all("word"))
		for name, n := range got {
			if n != want[name] {
				t.Errorf("<%s>: %d, want %d, with %q", name, n, want[name], s)
			}
		}
	})
}

// elements counts the elements and attributes of markup, which must be well-formed.
func elements(t *testing.T, markup string) map[string]int {
	t.Helper()
	seen := map[string]int{}
	for d := xml.NewDecoder(strings.NewReader(markup)); ; {
		tok, err := d.Token()
		if err == io.EOF {
			return seen
		}
		if err != nil {
			t.Fatalf("%v in %s", err, markup)
		}
		if e, ok := tok.(xml.StartElement); ok {
			seen[e.Name.Local] += 1 + 100*len(e.Attr)
		}
	}
}

func TestWidthsAreThoseOfTheChartsFont(t *testing.T) {
	style := plot.New().X.Tick.Label
	style.Font = font.Font{Typeface: "Liberation", Variant: "Sans", Size: 12}
	for r := ' '; r <= '~'; r++ {
		if got, want := textWidth(string(r)), style.Width(string(r)).Points(); got < want-0.05 || got > want+0.05 {
			t.Errorf("%q is %.2f wide, want %.2f", r, got, want)
		}
	}
}

func TestAPictureOutsideANotebookIsItsDescription(t *testing.T) {
	t.Setenv("GONB_PIPE", "")
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	stdout := os.Stdout
	os.Stdout = file
	Boxes{Title: "Two boxes", About: "One is there.", Columns: []float64{1, 1}, Rows: [][]Box{{Blue("one"), Dashed("two")}}}.Show()
	os.Stdout = stdout
	if got, err := os.ReadFile(file.Name()); string(got) != "One is there.\n" {
		t.Errorf("got %q, %v", got, err)
	}
}

func BenchmarkLanes(b *testing.B) {
	for b.Loop() {
		draw(lock)
	}
}
