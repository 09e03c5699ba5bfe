package explore

import (
	"fmt"
	"html"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"multiprocessing/lib/display"
)

// playCell is a cell that a test runs as a program of its own.
func playCell() {
	switch os.Getenv("CELL") {
	case "nobody":
		patience = 10 * time.Millisecond
	case "through":
		display.Through(func(*protocol.DisplayData) {}, func() {})
	}
	n := 3
	Cell{Name: "cell", Controls: []Control{Int("n", &n, 0, 9)}, Run: func(out *Output) {
		out.Markdown(fmt.Sprint("n is ", n))
		if n == 9 {
			select {}
		}
	}}.Show()
	display.Markdown("after")
}

// Outside a notebook the cell runs once and says why.
func ExampleCell() {
	workers := 4
	Cell{
		Name:     "06-pool",
		Controls: []Control{Int("workers", &workers, 1, 16)},
		Run:      func(out *Output) { out.Markdown(fmt.Sprint(workers, " workers")) },
	}.Show()
	// Output:
	// 4 workers
	// This is one run, with workers = 4. Run the cell to choose others with sliders, or change them in the notebook's parameters cell.
}

func TestMisusePanics(t *testing.T) {
	n, f, s := 1, 1.0, "x"
	controls := []Control{Int("n", &n, 1, 2)}
	for want, misuse := range map[string]func(){
		`explore: Show: cell "x" needs a Run and at least one control`: func() { Cell{Name: "x", Controls: controls}.Show() },
		`explore: Show: cell "" needs`:                                 func() { Cell{Run: func(*Output) {}}.Show() },
		"explore: Int: the name must not be empty":                     func() { Int("", &n, 1, 2) },
		"explore: Int: n needs a variable":                             func() { Int("n", nil, 1, 2) },
		"explore: Int: n has nothing to choose from":                   func() { Int("n", &n, 2, 1) },
		"explore: Float: f has nothing":                                func() { Float("f", &f, 0, 1, 0) },
		"explore: Float: f needs":                                      func() { Float("f", nil, 0, 1, 1) },
		"explore: Choice: s has nothing":                               func() { Choice("s", &s) },
		"explore: Choice: s needs":                                     func() { Choice("s", nil, "a") },
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.HasPrefix(got, want) {
					t.Errorf("got %q, want %q", got, want)
				}
			}()
			misuse()
		}()
	}
}

func TestAValueThatIsOutsideCanStay(t *testing.T) {
	n, f, s := 100, -2.5, "custom"
	c := Cell{Controls: []Control{Int("n", &n, 1, 16), Float("f", &f, 0, 1, 0.1), Choice("s", &s, "a", "b")}}
	for _, values := range [][]string{{"1", "1", "b"}, {"100", "-2.5", "custom"}} {
		if err := c.set(values); err != nil {
			t.Error(err)
		}
	}
	if n != 100 || f != -2.5 || s != "custom" {
		t.Errorf("now %d, %g, %q", n, f, s)
	}
	if got := c.Controls[0].input("x"); !strings.Contains(got, `value="100" min="1" max="100" step="1"`) {
		t.Errorf("the slider is %s", got)
	}
}

func TestThePanelIsEscapedAndLabeled(t *testing.T) {
	const evil = `"></script><img onerror='x'>&lt;`
	n, s := 1, evil
	got := panelHTML(Cell{Name: evil, Controls: []Control{Int(evil, &n, 0, 2), Choice("s", &s, "plain")}}, "id", evil, evil)
	if strings.Contains(got, "<img") || strings.Count(got, "</script>") != 1 {
		t.Error("markup came through: ", got)
	}
	for _, want := range []string{
		`<label for="id-input-0">` + html.EscapeString(evil) + `</label><input type="range" id="id-input-0"`,
		`<label for="id-input-1">s</label><select id="id-input-1">`, `<input type="number" aria-label="` + html.EscapeString(evil) + `" value="1" min="0" max="2" step="1">`,
		`role="status"`, `data-lm-suppress-shortcuts="true"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
}

func FuzzRequests(f *testing.F) {
	for _, s := range []string{`{"do":"run","values":["3"]}`, `{"do":"stop"}`, "null", "[]", `{"do":"run","values":["9999"]}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n := 1
		c := Cell{Controls: []Control{Int("n", &n, 0, 9)}}
		r, err := requestOf(text)
		if err == nil && r.Do != "run" && r.Do != "stop" && r.Do != "hello" {
			t.Errorf("do %q", r.Do)
		}
		if err := c.set(r.Values); n < 0 || n > 9 || (err != nil && n != 1) {
			t.Errorf("%q: n is %d, %v", text, n, err)
		}
	})
}
