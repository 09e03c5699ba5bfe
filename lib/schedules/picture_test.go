package schedules_test

import (
	"encoding/xml"
	"flag"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"multiprocessing/lib/schedules"
)

var update = flag.Bool("update", false, "write the golden files anew")

// pictures are schedules of every kind.
func pictures(t *testing.T) map[string]*schedules.Schedule {
	shown := map[string]*schedules.Schedule{
		"lost-update":  schedules.Explore(increments(2)).Shortest(),
		"philosophers": schedules.Explore(philosophers(3, false)).Shortest(),
		"left-behind":  schedules.Explore(producerConsumer).Shortest(),
		"race":         schedules.Explore(petersonPlain).Shortest(),
		"eight-lanes":  schedules.Explore(increments(7), schedules.Runs(100)).Shortest(),
	}
	right, err := schedules.Replay(increments(2), "usual")
	if err != nil {
		t.Fatal(err)
	}
	shown["right"] = right
	return shown
}

func TestPictures(t *testing.T) {
	for name, s := range pictures(t) {
		path := filepath.Join("testdata", name+".svg")
		svg := lines.ReplaceAllString(s.SVG(), "$1 N")
		if *update {
			if err := os.WriteFile(path, []byte(svg), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil || svg != string(want) {
			t.Errorf("%s: %v, got\n%s\nRun go test -update if it is meant to change.", name, err, svg)
		}
	}
}

// lines are numbers of lines in these tests, which change with every edit, and ids, which change with them.
var lines = regexp.MustCompile(`(line|lines \d+ and|fill-opacity="\.7">|mp-)[ ]?[0-9a-f]+`)

func TestPicturesAreXMLThatFollowsTheTheme(t *testing.T) {
	color := regexp.MustCompile(`(?:fill|stroke)="([^"]+)"`)
	for name, s := range pictures(t) {
		svg := s.SVG()
		for d := xml.NewDecoder(strings.NewReader(svg)); ; {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		for _, c := range color.FindAllStringSubmatch(svg, -1) {
			switch c[1] {
			case "currentColor", "none", "var(--jp-layout-color0,Canvas)":
			default:
				for _, ground := range []string{"#ffffff", "#111111"} {
					if got := contrast(t, c[1], ground); got < 3 {
						t.Errorf("%s: %s on %s has contrast %.2f", name, c[1], ground, got)
					}
				}
			}
		}
		for _, e := range regexp.MustCompile(`<(?:path|text|rect)[^>]*>`).FindAllString(svg, -1) {
			if !strings.Contains(e, "fill=") {
				t.Errorf("%s: %s has no color", name, e)
			}
		}
	}
}

// contrast is that of the Web Content Accessibility Guidelines.
func contrast(t *testing.T, a, b string) float64 {
	luminance := func(color string) float64 {
		sum := 0.0
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			v, err := strconv.ParseUint(color[1+2*i:3+2*i], 16, 8)
			if err != nil {
				t.Fatal(err)
			}
			x := float64(v) / 255
			if x <= 0.04045 {
				x /= 12.92
			} else {
				x = math.Pow((x+0.055)/1.055, 2.4)
			}
			sum += weight * x
		}
		return sum
	}
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestTheResultIsShownWithItsPictureAndAsText(t *testing.T) {
	r := schedules.Explore(increments(2))
	if page := r.HTML(); !strings.Contains(page, "<strong>4 of 6 schedules fail; data race on count") || !strings.Contains(page, "<svg ") {
		t.Errorf("%s", page)
	}
	if text := r.Text(); !strings.Contains(text, "goroutine 3: count = 1") || !strings.Contains(text, "count is 1 at line") {
		t.Errorf("%s", text)
	}
	right := schedules.Explore(func() {})
	if page := right.HTML(); strings.Contains(page, "<svg") || right.Text() != right.String() || right.Shortest() != nil {
		t.Errorf("a right program: %s", page)
	}
}

func TestNamesAreEscaped(t *testing.T) {
	r := schedules.Explore(func() {
		v := schedules.NewVar("<b>", "<i>")
		v.Set("&")
		schedules.Checkf(false, "</svg>")
	})
	if page := r.HTML(); strings.Contains(page, "<b>") || strings.Contains(page, "<i>") || strings.Count(page, "</svg>") != 1 {
		t.Errorf("%s", page)
	}
}

func TestLinesOfOtherFilesAreNamed(t *testing.T) {
	body := func() { withdraw(false) } // in faults_test.go
	other := regexp.MustCompile(`>faults_test\.go:\d+</text>`)
	if svg := schedules.Explore(body).Shortest().SVG(); !other.MatchString(svg) {
		t.Errorf("%s", svg)
	}
	if page := schedules.Play(body).HTML(); !regexp.MustCompile(`"faults_test\.go:\d+"`).MatchString(page) {
		t.Errorf("%s", page)
	}
	own := schedules.Explore(func() {
		v := schedules.NewVar("v", 0)
		v.Set(1)
		schedules.Check(v.Get() == 2)
	}).Shortest()
	if svg := own.SVG(); strings.Contains(svg, "picture_test.go") || !regexp.MustCompile(`fill-opacity=".7">\d+</text>`).MatchString(svg) {
		t.Errorf("lines of the body's own file: %s", svg)
	}
}

func TestALongScheduleIsShownInPart(t *testing.T) {
	s := schedules.Explore(func() {
		v := schedules.NewVar("v", 0)
		for i := range 100 {
			v.Set(i)
		}
		schedules.Check(false)
	}).Shortest()
	for _, shown := range []string{s.SVG(), s.Text()} {
		if !strings.Contains(shown, "and 40 more steps") || strings.Contains(shown, "v = 60") || !strings.Contains(shown, "check failed") {
			t.Errorf("%s", shown)
		}
	}
}

func TestValuesOfObjectsAreTheirNames(t *testing.T) {
	s := schedules.Explore(func() {
		named, unnamed := schedules.NewChan[int](0), schedules.NewChan[int](0)
		schedules.SetName("requests", named)
		v := schedules.NewVar("v", (*schedules.Chan[int])(nil))
		v.Set(named)
		v.Set(unnamed)
		p := schedules.NewVar("p", struct{ next *int }{})
		p.Set(struct{ next *int }{new(int)})
		schedules.Check(false)
	}).Shortest()
	if text := s.Text(); !strings.Contains(text, "v is requests") || !strings.Contains(text, "v is an object") || !strings.Contains(text, "p is {…}") {
		t.Errorf("%s", text)
	}
}
