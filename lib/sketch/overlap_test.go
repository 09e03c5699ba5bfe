package sketch

import (
	"encoding/xml"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// place is where a text is.
type place struct {
	text                     string
	left, right, top, bottom float64
}

// textOf returns the elements of a name that have text, and where they are.
func textOf(t *testing.T, svg, name string) (found []place) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		tok, err := d.Token()
		if err == io.EOF {
			return found
		}
		if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
		e, ok := tok.(xml.StartElement)
		if !ok || e.Name.Local != name {
			continue
		}
		var text string
		if err := d.DecodeElement(&text, &e); err != nil {
			t.Fatal(err)
		}
		found = append(found, placed(text, e.Attr))
	}
}

func placed(text string, attributes []xml.Attr) place {
	is := map[string]string{}
	for _, a := range attributes {
		is[a.Name.Local] = a.Value
	}
	x, _ := strconv.ParseFloat(is["x"], 64)
	y, _ := strconv.ParseFloat(is["y"], 64)
	w := textWidth(text)
	if is["font-weight"] != "" {
		w *= 1.1
	}
	switch is["text-anchor"] {
	case "middle":
		x -= w / 2
	case "end":
		x -= w
	}
	return place{text, x, x + w, y - 9, y + 3}
}

// checkTexts checks that texts do not overlap, and do not leave the picture.
func checkTexts(t *testing.T, svg string, height float64) {
	t.Helper()
	texts := textOf(t, svg, "text")
	for i, a := range texts {
		if a.left < 0 || a.right > width || a.top < 0 || a.bottom > height {
			t.Errorf("%+v leaves the picture of %g x %g", a, width, height)
		}
		for _, b := range texts[:i] {
			if a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom {
				t.Errorf("%+v and %+v overlap", a, b)
			}
		}
	}
}

// TestTextsNeitherOverlapNorLeaveThePicture draws pictures by chance. Each is as it must
// be, or it is refused.
func TestTextsNeitherOverlapNorLeaveThePicture(t *testing.T) {
	checkTexts(t, draw(lock), lock.draw().y)
	checkTexts(t, drawBoxes(halo), halo.draw().y)
	drawn, refused := 0, 0
	for seed := range uint64(2000) {
		func() {
			defer func() {
				if r := recover(); r != nil {
					refused++
					if text, ok := r.(string); !ok || !strings.HasPrefix(text, "sketch: ") || strings.Contains(text, "\n") {
						t.Errorf("seed %d: panic %v", seed, r)
					}
				}
			}()
			r := rand.New(rand.NewPCG(seed, 0))
			lanes, boxes := randomLanes(r), randomBoxes(r)
			checkTexts(t, draw(lanes), lanes.draw().y)
			checkTexts(t, drawBoxes(boxes), boxes.draw().y)
			drawn++
		}()
		if t.Failed() {
			t.Fatalf("with seed %d", seed)
		}
	}
	if drawn < 100 || refused < 100 {
		t.Errorf("%d drawn and %d refused, want some of both", drawn, refused)
	}
}

func randomBox(r *rand.Rand) Box {
	text := strings.Repeat("word ", r.IntN(4))
	return []func(string) Box{Text, Gray, Blue, Red, Dashed, Right, Left}[r.IntN(7)](text)
}

func randomLanes(r *rand.Rand) Lanes {
	l := Lanes{Title: "t", About: "a"}
	for i := range 1 + r.IntN(4) {
		lane := Lane{Name: fmt.Sprint("lane ", i)}
		at := 0.0
		for range 1 + r.IntN(4) {
			from := at + float64(r.IntN(3))
			at = from + 1 + float64(r.IntN(5))
			lane.Bars = append(lane.Bars, Bar{from, at, randomBox(r)})
		}
		if r.IntN(6) == 0 {
			lane.Bars = nil
		}
		l.Lanes = append(l.Lanes, lane)
	}
	for range r.IntN(4) {
		from := r.IntN(4)
		l.Arrows = append(l.Arrows, Arrow{float64(r.IntN(10)), fmt.Sprint("lane ", from), fmt.Sprint("lane ", from+1-2*r.IntN(2)), "an arrow"})
	}
	return l
}

func randomBoxes(r *rand.Rand) Boxes {
	b := Boxes{Title: "t", About: "a", Columns: []float64{1, 1, 0.5 + r.Float64(), 2}}
	for range 1 + r.IntN(4) {
		var row []Box
		for range 1 + r.IntN(4) {
			row = append(row, randomBox(r).Wide(1+r.IntN(2)))
		}
		b.Rows = append(b.Rows, row)
	}
	return b
}
