package mandelbrot_test

import (
	"fmt"
	"math"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"multiprocessing/lib/pool"
	"multiprocessing/lib/workload/mandelbrot"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func ExampleView_Row() {
	p := pool.New(4)
	defer p.Close()
	view := mandelbrot.Whole(36, 13)
	for _, row := range pool.Map(p, view.RowNumbers(), view.Row) {
		line := "|"
		for _, steps := range row {
			line += string(" .#"[min(steps/5, 2)])
		}
		fmt.Println(strings.TrimRight(line, " "))
	}
	// Output:
	// |            ......###########..
	// |          .......############..
	// |        ..#..#..##############.
	// |       ....##################..
	// |      ....###################..
	// |     ....####################..
	// |  ##########################...
	// |     ....####################..
	// |      ....###################..
	// |       ....##################..
	// |        ..#..#..##############.
	// |          .......############..
	// |            ......###########..
}

func TestEveryNumberOfWorkersGivesTheSerialRows(t *testing.T) {
	view := mandelbrot.Whole(60, 41)
	want := view.Serial()
	for _, workers := range []int{1, 2, 3, 8, 64} {
		p := pool.New(workers)
		if got := pool.Map(p, view.RowNumbers(), view.Row); !reflect.DeepEqual(got, want) {
			t.Errorf("%d workers draw another picture", workers)
		}
		p.Close()
	}
}

func at(x, y float64, limit int) int {
	return mandelbrot.View{X: x, Y: y, Span: 1, Columns: 1, Rows: 1, Limit: limit}.Row(0)[0]
}

func TestPointsInsideTheSetNeverLeaveAndOthersDo(t *testing.T) {
	for _, c := range []complex128{0, -1, complex(0, 1), -2, complex(-0.1, 0.1)} {
		if got := at(real(c), imag(c), 5000); got != 5000 {
			t.Errorf("%v leaves after %d steps", c, got)
		}
	}
	for c, want := range map[complex128]int{3: 2, 1: 3, complex(0, 2): 3, complex(2, 2): 2} {
		if got := at(real(c), imag(c), 5000); got > want {
			t.Errorf("%v leaves after %d steps, want at most %d", c, got, want)
		}
	}
}

func TestThePictureIsTheSameUpsideDown(t *testing.T) {
	rows := mandelbrot.Whole(50, 30).Serial()
	upsideDown := slices.Clone(rows)
	slices.Reverse(upsideDown)
	if !reflect.DeepEqual(rows, upsideDown) {
		t.Error("the set is symmetric, its picture is not")
	}
}

func TestRowsDifferMuchInWork(t *testing.T) {
	work := func(row []int) (sum int) {
		for _, steps := range row {
			sum += steps
		}
		return sum
	}
	view := mandelbrot.Whole(100, 101)
	if top, middle := work(view.Row(0)), work(view.Row(50)); middle < 10*top {
		t.Errorf("the top row takes %d steps, the middle one %d", top, middle)
	}
}

func TestTheImageIsBlackInsideAndWhiteAtOnce(t *testing.T) {
	view := mandelbrot.View{Span: 1, Columns: 2, Rows: 1, Limit: 9}
	picture := view.Image([][]int{{9, 0}})
	if inside, outside := picture.GrayAt(0, 0).Y, picture.GrayAt(1, 0).Y; inside != 0 || outside != 255 {
		t.Errorf("inside %d, outside %d", inside, outside)
	}
}

func TestMisusePanicsWithAClearMessage(t *testing.T) {
	view := mandelbrot.Whole(3, 2)
	noLimit, noSpan := view, view
	noLimit.Limit, noSpan.Span = 0, math.Inf(1)
	for want, misuse := range map[string]func(){
		"mandelbrot: Serial: columns and rows must be at least 1, got 0 and 5": func() { mandelbrot.Whole(0, 5).Serial() },
		"mandelbrot: RowNumbers: the limit must be at least 1, got 0":          func() { noLimit.RowNumbers() },
		"mandelbrot: Row: the span must be positive and finite, got +Inf":      func() { noSpan.Row(0) },
		"mandelbrot: Row: the row must be from 0 to 1, got 2":                  func() { view.Row(2) },
		"mandelbrot: Image: the view has 2 rows, got 1":                        func() { view.Image([][]int{{1, 2, 3}}) },
		"mandelbrot: Image: row 1 must have 3 pixels, got 2":                   func() { view.Image([][]int{{1, 2, 3}, {1, 2}}) },
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panic value is %v, want %q", got, want)
				}
			}()
			misuse()
		}()
	}
}

// One operation is the whole set in 400 by 300 pixels.
func BenchmarkMandelbrot(b *testing.B) {
	view := mandelbrot.Whole(400, 300)
	p := pool.New(runtime.GOMAXPROCS(0))
	defer p.Close()
	b.Run("serial", func(b *testing.B) {
		for b.Loop() {
			view.Serial()
		}
	})
	b.Run("pool", func(b *testing.B) {
		for b.Loop() {
			pool.Map(p, view.RowNumbers(), view.Row)
		}
	})
}
