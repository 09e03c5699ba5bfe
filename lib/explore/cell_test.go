package explore

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

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
	got := panelHTML(Cell{Name: evil, Controls: []Control{Int(evil, &n, 0, 2), Choice("s", &s, "plain")}}, "id", evil, []string{evil}, evil)
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

// choice is what the page stores for a cell.
func choice(t *testing.T, c Cell, from, to []string) {
	t.Helper()
	text, err := json.Marshal(chosen{from, to})
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(c.variable(), base64.StdEncoding.EncodeToString(text))
}

func TestAChoiceHoldsUntilTheVariablesChange(t *testing.T) {
	for _, test := range []struct {
		now  int
		from string
		want int
	}{{4, "4", 8}, {5, "4", 5}} {
		n, s := test.now, "equal"
		c := Cell{Name: "06-pool: Grüße", Controls: []Control{Int("n", &n, 1, 16), Choice("s", &s, "equal", "unequal")}}
		choice(t, c, []string{test.from, "equal"}, []string{"8", "unequal"})
		if err := c.choose(c.values()); err != nil || n != test.want || (s == "unequal") != (test.want == 8) {
			t.Errorf("chosen 8 when n was %s: now %d and %s, %v", test.from, n, s, err)
		}
	}
}

func TestWhatIsNotAllowedIsNotChosen(t *testing.T) {
	workers, share, work := 4, 0.5, "equal"
	c := Cell{Name: "x", Controls: []Control{Int("workers", &workers, 1, 16), Float("share", &share, 0, 1, 0.1), Choice("work", &work, "equal", "unequal")}}
	for _, bad := range []struct {
		to   []string
		want string
	}{
		{[]string{"17", "0", "equal"}, `workers: "17" is no whole number from 1 to 16`},
		{[]string{"1.5", "0", "equal"}, `workers: "1.5" is no`},
		{[]string{"1", "NaN", "equal"}, `share: "NaN" is no number from 0 to 1`},
		{[]string{"1", "Inf", "equal"}, `share: "Inf" is no`},
		{[]string{"1", "-0.1", "equal"}, `share: "-0.1" is no`},
		{[]string{"1", "0", "<b>"}, `work: "<b>" is none of equal, unequal`},
		{[]string{"1", "0"}, "there are 2 values for 3 controls"},
		{nil, "there are 0 values for 3 controls"},
	} {
		choice(t, c, c.values(), bad.to)
		if err := c.choose(c.values()); err == nil || !strings.HasPrefix(err.Error(), bad.want) {
			t.Errorf("%q: %v", bad.to, err)
		}
	}
	if workers != 4 || share != 0.5 || work != "equal" {
		t.Errorf("now %d, %g, %s", workers, share, work)
	}
}

// FuzzChoose holds that whatever the variable contains, the variables stay within their limits.
func FuzzChoose(f *testing.F) {
	for _, s := range []string{`{"From":["1"],"To":["3"]}`, `{"From":["1"],"To":["99"]}`, `{"From":["1"],"To":[]}`, "null", "[]", "{"} {
		f.Add(base64.StdEncoding.EncodeToString([]byte(s)))
	}
	f.Add("no base64")
	f.Fuzz(func(t *testing.T, stored string) {
		if strings.Contains(stored, "\x00") {
			t.Skip("no environment variable contains a zero byte")
		}
		n := 1
		c := Cell{Name: "x", Controls: []Control{Int("n", &n, 0, 9)}}
		t.Setenv(c.variable(), stored)
		if err := c.choose(c.values()); n < 0 || n > 9 || (err != nil && n != 1) {
			t.Errorf("%q: n is %d, %v", stored, n, err)
		}
	})
}

func TestAPageGetsControlsWithTheChosenValues(t *testing.T) {
	for to, said := range map[string]string{"7": "What follows is with n = 7.", "99": `Not as chosen: n: "99" is no whole number from 0 to 9. What follows is with n = 3.`} {
		n, ran := 3, 0
		c := Cell{Name: "x", Controls: []Control{Int("n", &n, 0, 9)}, Run: func(*Output) { ran = n }}
		choice(t, c, []string{"3"}, []string{to})
		t.Setenv(kernelID, "some-kernel")
		out := printed(t, c.Show)
		if want := map[string]int{"7": 7, "99": 3}[to]; ran != want || out != said+"\n" {
			t.Errorf("Run saw %d, want %d; printed %q, want %q", ran, want, out, said)
		}
		if html := panelHTML(c, "id", "some-kernel", []string{"3"}, said); !strings.Contains(html, fmt.Sprintf(`value="%d"`, n)) || !strings.Contains(html, `"from":["3"]`) {
			t.Errorf("the panel is %s", html)
		}
	}
}

// printed returns what f prints outside a notebook.
func printed(t *testing.T, f func()) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "out")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	stdout := os.Stdout
	os.Stdout = file
	f()
	os.Stdout = stdout
	content, err := os.ReadFile(path)
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
	return string(content)
}
