package chart

import (
	"encoding/xml"
	"flag"
	"fmt"
	"image/color"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"
)

var update = flag.Bool("update", false, "write the golden files anew")

var nan = math.NaN()

// frame has the columns of timing that Bars looks at.
func frame(values ...float64) dataframe.DataFrame {
	names := []string{"serial", "goroutines", "<pool> & co", "a case with a name that is much too long for it"}
	verdicts := []string{"base", "faster", "wrong answer, not that of serial; faster", "failed: no"}
	var low, high []float64
	for _, v := range values {
		low, high = append(low, v*0.9), append(high, v*1.2)
	}
	return dataframe.New(
		series.New(names[:len(values)], series.String, "case"),
		series.New(values, series.Float, "median ms"),
		series.New(low, series.Float, "low ms"),
		series.New(high, series.Float, "high ms"),
		series.New(verdicts[:len(values)], series.String, "verdict"),
	)
}

func drawn(t *testing.T, df dataframe.DataFrame, opts ...Option) (svg, description string) {
	t.Helper()
	svg, description, err := bars(df, "time per run, ms", opts...)
	if err != nil {
		t.Fatal(err)
	}
	return svg, description
}

func TestGoldenPictures(t *testing.T) {
	for name, df := range map[string]dataframe.DataFrame{
		"bars-linear.svg": frame(70.1, 36.2, 35.9, nan),
		"bars-log.svg":    frame(1400, 36.2, 5.9, nan),
	} {
		got, _ := drawn(t, df)
		file := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != strings.ReplaceAll(string(want), "\r\n", "\n") {
			t.Errorf("%s is another picture; look at it, and run go test -update if it is meant to be", name)
		}
	}
}

func TestThePictureIsWellFormedAndDescribed(t *testing.T) {
	svg, _ := drawn(t, frame(70.1, 36.2, 35.9, nan))
	text := map[string]string{}
	d := xml.NewDecoder(strings.NewReader(svg))
	var element string
	for {
		tok, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			element = tok.Name.Local
		case xml.CharData:
			text[element] += string(tok)
		}
	}
	if !strings.HasPrefix(text["title"], "time per run, ms") {
		t.Errorf("title %q", text["title"])
	}
	want := "Bar chart of time per run, ms: serial (base) 70.1 [63.1 to 84.1]; goroutines 36.2 [32.6 to 43.4]; " +
		"<pool> & co 35.9 (wrong answer) [32.3 to 43.1]; a case with a name that is much too long for it no result."
	if strings.TrimSpace(text["desc"]) != want {
		t.Errorf("description\n%q, want\n%q", text["desc"], want)
	}
}

func TestOnlyTheThemesColorsAndTheSeriesColorsAreUsed(t *testing.T) {
	for _, values := range [][]float64{{70, 36}, {7000, 36}} {
		svg, _ := drawn(t, frame(values...))
		for _, c := range regexp.MustCompile(`(?:fill|stroke):([^;"]+)`).FindAllStringSubmatch(svg, -1) {
			switch strings.ToLower(c[1]) {
			case "currentcolor", "none", hex(blue), hex(gray):
			default:
				t.Errorf("the color %s does not follow the theme", c[1])
			}
		}
		// Without a fill of its own an element is black, in the dark too.
		for _, e := range regexp.MustCompile(`<(?:path|text)[^>]*>`).FindAllString(svg, -1) {
			if !strings.Contains(e, "fill:") {
				t.Errorf("%s has no color", e)
			}
		}
	}
}

func hex(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

func TestSeriesColorsContrastWithBothGrounds(t *testing.T) {
	for _, c := range []color.NRGBA{blue, gray} {
		for _, ground := range []color.NRGBA{{255, 255, 255, 255}, {0x11, 0x11, 0x11, 255}} {
			if got := contrast(c, ground); got < 3 {
				t.Errorf("%s on %s: %.2f, want 3 or more", hex(c), hex(ground), got)
			}
		}
	}
}

// contrast is that of the Web Content Accessibility Guidelines.
func contrast(a, b color.NRGBA) float64 {
	luminance := func(c color.NRGBA) float64 {
		linear := func(v uint8) float64 {
			x := float64(v) / 255
			if x <= 0.04045 {
				return x / 12.92
			}
			return math.Pow((x+0.055)/1.055, 2.4)
		}
		return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
	}
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestTheScaleFollowsTheValues(t *testing.T) {
	logScale := func(svg string) bool { return strings.Contains(svg, "(logarithmic scale)") }
	for _, c := range []struct {
		values []float64
		opts   []Option
		want   bool
	}{
		{[]float64{70, 36}, nil, false},
		{[]float64{7000, 36}, nil, true},
		{[]float64{7000, 36}, []Option{Linear()}, false},
		{[]float64{70, 36}, []Option{Log()}, true},
		{[]float64{7000, 0}, nil, false},
		{[]float64{nan, nan}, nil, false},
		{[]float64{5}, nil, false},
		{[]float64{5}, []Option{Log()}, true},
		{[]float64{-5, 5}, nil, false},
		{[]float64{0, 0}, nil, false},
	} {
		svg, _ := drawn(t, frame(c.values...), c.opts...)
		if logScale(svg) != c.want {
			t.Errorf("%v: logarithmic is %v", c.values, logScale(svg))
		}
		if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
			t.Errorf("%v: the picture has no place for a number", c.values)
		}
	}
}

func TestOtherColumnsCanBeDrawn(t *testing.T) {
	df := dataframe.New(series.New([]string{"a"}, series.String, "who"), series.New([]int{3}, series.Int, "n"))
	_, got := drawn(t, df, Columns("who", "n", "", ""))
	if got != "Bar chart of time per run, ms: a 3.00." {
		t.Errorf("got %q", got)
	}
}

func TestMisusePanicsWithThePackagesName(t *testing.T) {
	for want, f := range map[string]func(){
		"chart: Bars: the data frame carries an error: ":                      func() { Bars(frame(1).Select([]string{"x"}), "") },
		`chart: Bars: the data frame has no column "median ms", only ["case"`: func() { Bars(frame(1).Drop([]string{"median ms"}), "") },
		"chart: Bars: a logarithmic scale needs values above zero":            func() { Bars(frame(0, 1), "", Log()) },
		"chart: Bars: the data frame has no rows": func() {
			Bars(dataframe.New(series.New([]string{}, series.String, "case")), "")
		},
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.HasPrefix(got, want) {
					t.Errorf("got %q, want %q", got, want)
				}
			}()
			f()
		}()
	}
}

func TestTicksAreRoundNumbers(t *testing.T) {
	labels := func(least, most float64) string {
		var all []string
		for _, tick := range (round{}).Ticks(least, most) {
			all = append(all, tick.Label)
		}
		return strings.Join(all, " ")
	}
	for want, r := range map[string][2]float64{
		"0 200 400 600 800 1,000 1,200": {0, 1300},
		"0 0.5 1 1.5 2":                 {0, 2.2},
		"-4 -2 0 2 4":                   {-4.1, 4.1},
		"0 10 20 30 40":                 {0, 41},
	} {
		if got := labels(r[0], r[1]); got != want {
			t.Errorf("%v: got %s, want %s", r, got, want)
		}
	}
}

func TestChartDoesNotLinkTheNotebooksLogger(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Skip("no go command to ask for the dependencies")
	}
	for dep := range strings.FieldsSeq(string(out)) {
		if dep == "net" || strings.Contains(dep, "klog") {
			t.Errorf("it links %s", dep)
		}
	}
}

func BenchmarkBars(b *testing.B) {
	df := frame(70.1, 36.2, 35.9, nan)
	for b.Loop() {
		if _, _, err := bars(df, "time per run, ms"); err != nil {
			b.Fatal(err)
		}
	}
}
