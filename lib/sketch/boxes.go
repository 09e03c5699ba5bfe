package sketch

import "math"

// Boxes draws rows of boxes, for example places in memory, with arrows between them.
//
//	sketch.Boxes{
//		Title:   "Each worker sends its outermost row",
//		About:   "Row 19 is copied into the halo of worker 2, and row 20 into that of worker 1.",
//		Columns: []float64{1, 2, 2, 2},
//		Rows: [][]sketch.Box{
//			{{}, sketch.Text("worker 1"), {}, sketch.Text("worker 2")},
//			{sketch.Text("row 19"), sketch.Blue("its own"), sketch.Right("a copy"), sketch.Dashed("halo")},
//			{sketch.Text("row 20"), sketch.Dashed("halo"), sketch.Left("a copy"), sketch.Blue("its own")},
//		},
//	}.Show()
type Boxes struct {
	Title   string
	About   string    // what the picture shows, for those who do not see it
	Columns []float64 // their widths, relative to each other
	Rows    [][]Box   // a row of a single Text is a heading
}

// Show shows the picture. It panics if there is no title, description or row, if the
// width of a column is not a positive number, if a row has more boxes than columns, and
// if a text does not fit.
func (b Boxes) Show() { b.draw().show(b.Title, b.About) }

func (b Boxes) draw() *picture {
	p := &picture{kind: "Boxes", y: margin}
	if len(b.Rows) == 0 {
		p.refuse("needs a row")
	}
	begins := b.begins(p)
	for _, row := range b.Rows {
		if len(row) == 1 && row[0].look == "" {
			p.heading(row[0].text)
		} else {
			p.row(row, begins)
		}
	}
	return p
}

// begins returns where each column begins, and where the last one ends.
func (b Boxes) begins(p *picture) []float64 {
	sum := 0.0
	for i, w := range b.Columns {
		if !(w > 0 && w <= math.MaxFloat32) {
			p.refuse("the width of column %d must be positive, got %g", i+1, w)
		}
		sum += w
	}
	begins := []float64{margin}
	for i, w := range b.Columns {
		begins = append(begins, begins[i]+(width-2*margin)*w/sum)
	}
	return begins
}

func (p *picture) row(row []Box, begins []float64) {
	column := 0
	for _, box := range row {
		next := column + 1 + box.wide
		if next >= len(begins) {
			p.refuse("box %q ends in column %d, and there are %d", box.text, next, len(begins)-1)
		}
		x, w := begins[column], begins[next]-begins[column]
		if column == 0 && box.look == "" {
			p.mustFit(box.text, textWidth(box.text), w-2*margin)
			p.text(x, p.y+height/2+4, "start", box.text)
		} else {
			p.box(box, x+1.5, w-3)
		}
		column = next
	}
	p.y += pitch
}
