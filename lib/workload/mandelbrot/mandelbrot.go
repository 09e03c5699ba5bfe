// Package mandelbrot draws the Mandelbrot set, row by row: slide 3's
// "independent for loop", one whose result can be seen.
//
// Class: embarrassingly parallel. A row needs nothing from the others; its
// number goes to a worker, a row of pixels comes back. Rows differ much in
// work: a pixel inside the set takes Limit steps, one far outside takes two.
// So the loop shows, too, what unequal tasks do (slide 10).
//
//	rows := pool.Map(p, view.RowNumbers(), view.Row)
//
// The whole set in 400 by 300 pixels takes 20 ms on one core;
// BenchmarkMandelbrot measures it beside a pool.
package mandelbrot

import (
	"fmt"
	"image"
	"image/color"
	"math"
)

// View is a part of the plane, and the picture that is made of it.
type View struct {
	X, Y          float64 // the middle
	Span          float64 // from the left edge to the right
	Columns, Rows int     // pixels
	Limit         int     // steps after which a point counts as inside the set
}

// Whole is the whole set in a picture of so many pixels.
func Whole(columns, rows int) View {
	return View{X: -0.6, Span: 3.2, Columns: columns, Rows: rows, Limit: 200}
}

// Serial computes all rows: the for loop without workers. It panics if
// Columns, Rows or Limit is below 1, or Span is not positive and finite.
func (v View) Serial() [][]int {
	v.mustBeProper("Serial")
	rows := make([][]int, v.Rows)
	for i := range rows {
		rows[i] = v.Row(i)
	}
	return rows
}

// RowNumbers returns 0 to Rows-1, the items to give to a Map. It panics as
// Serial does.
func (v View) RowNumbers() []int {
	v.mustBeProper("RowNumbers")
	numbers := make([]int, v.Rows)
	for i := range numbers {
		numbers[i] = i
	}
	return numbers
}

// Row computes one row, the uppermost is 0: for every pixel the steps until
// it is known to be outside the set, or Limit. It is the body of the loop.
// It panics as Serial does, and if there is no such row.
func (v View) Row(row int) []int {
	v.mustBeProper("Row")
	if row < 0 || row >= v.Rows {
		panic(fmt.Sprintf("mandelbrot: Row: the row must be from 0 to %d, got %d", v.Rows-1, row))
	}
	pixel := v.Span / float64(v.Columns)
	y := v.Y - (float64(row)-float64(v.Rows-1)/2)*pixel
	steps := make([]int, v.Columns)
	for column := range steps {
		x := v.X + (float64(column)-float64(v.Columns-1)/2)*pixel
		steps[column] = escape(x, y, v.Limit)
	}
	return steps
}

// escape counts how often z becomes z²+c, from zero on, before it is more
// than 2 away from zero, after which it can only go further.
func escape(x, y float64, limit int) int {
	re, im := 0.0, 0.0
	for n := range limit {
		re2, im2 := float64(re*re), float64(im*im)
		if re2+im2 > 4 {
			return n
		}
		re, im = re2-im2+x, float64(2*re*im)+y
	}
	return limit
}

func (v View) mustBeProper(operation string) {
	if v.Columns < 1 || v.Rows < 1 {
		panic(fmt.Sprintf("mandelbrot: %s: columns and rows must be at least 1, got %d and %d", operation, v.Columns, v.Rows))
	}
	if v.Limit < 1 {
		panic(fmt.Sprintf("mandelbrot: %s: the limit must be at least 1, got %d", operation, v.Limit))
	}
	if !(v.Span > 0) || math.IsInf(v.Span, 0) {
		panic(fmt.Sprintf("mandelbrot: %s: the span must be positive and finite, got %v", operation, v.Span))
	}
}

// Image makes a gray picture of rows: black inside the set, lighter the
// sooner a pixel left. Encode it with image/png to show it. It panics if
// there are not Rows rows of Columns pixels.
func (v View) Image(rows [][]int) *image.Gray {
	v.mustBeProper("Image")
	if len(rows) != v.Rows {
		panic(fmt.Sprintf("mandelbrot: Image: the view has %d rows, got %d", v.Rows, len(rows)))
	}
	picture := image.NewGray(image.Rect(0, 0, v.Columns, v.Rows))
	for y, row := range rows {
		if len(row) != v.Columns {
			panic(fmt.Sprintf("mandelbrot: Image: row %d must have %d pixels, got %d", y, v.Columns, len(row)))
		}
		for x, steps := range row {
			picture.SetGray(x, y, v.shade(steps))
		}
	}
	return picture
}

// shade is logarithmic: most pixels leave early, and would look alike.
func (v View) shade(steps int) color.Gray {
	light := 1 - math.Log(float64(1+steps))/math.Log(float64(1+v.Limit))
	return color.Gray{Y: uint8(math.Round(255 * max(0, light)))}
}
