//go:build unix

package workload_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"multiprocessing/lib/goroutine"
	"multiprocessing/lib/pool"
	"multiprocessing/lib/process"
	"multiprocessing/lib/serial"
	"multiprocessing/lib/workload/crossval"
	"multiprocessing/lib/workload/dataset"
	"multiprocessing/lib/workload/integral"
	"multiprocessing/lib/workload/mandelbrot"
	"multiprocessing/lib/workload/montecarlo"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The tasks as a cell would write them, for goroutines and for processes.
var (
	view   = mandelbrot.Whole(80, 60)
	call   = montecarlo.Option{Spot: 100, Strike: 105, Rate: 0.05, Volatility: 0.2, Years: 1}
	data   = crossval.Generate(1, 120, 12) // made anew in every worker process
	totals = func(c dataset.Chunk) dataset.Totals { return dataset.Must(c.Totals()) }
	pi     = func(b integral.Block) float64 {
		return b.Simpson(func(x float64) float64 { return 4 / (1 + float64(x*x)) })
	}

	rowTask    = process.Register("row", view.Row)
	hitsTask   = process.Register("hits", montecarlo.Block.Hits)
	payoffTask = process.Register("payoff", call.Payoff)
	fitTask    = process.Register("fit", data.Test)
	totalsTask = process.Register("totals", totals)
	piTask     = process.Register("pi", pi)
)

// check runs the task in every way and wants the serial answer, bit by bit.
func check[T, R any](t *testing.T, items []T, f func(T) R, task *process.Task[T, R]) {
	t.Helper()
	want := serial.Map(items, f)
	for _, workers := range []int{1, 3} {
		p := pool.New(workers)
		if got := pool.Map(p, items, f); !reflect.DeepEqual(got, want) {
			t.Errorf("pool of %d: %v, want %v", workers, got, want)
		}
		p.Close()
		processes, err := process.NewPool(t.Context(), workers)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := process.Map(t.Context(), processes, items, task); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%d processes: %v, %v, want %v", workers, got, err, want)
		}
		if err := processes.Close(); err != nil {
			t.Error(err)
		}
	}
	if got := goroutine.Map(items, f); !reflect.DeepEqual(got, want) {
		t.Errorf("goroutines: %v, want %v", got, want)
	}
}

func TestEveryMechanismGivesTheSerialAnswer(t *testing.T) {
	file, err := dataset.FileIn(t.TempDir(), 1, 5000)
	if err != nil {
		t.Fatal(err)
	}
	chunks, err := dataset.Split(file, 7)
	if err != nil {
		t.Fatal(err)
	}
	check(t, view.RowNumbers(), view.Row, rowTask)
	check(t, montecarlo.Blocks(3, 50_000), montecarlo.Block.Hits, hitsTask)
	check(t, montecarlo.Blocks(3, 50_000), call.Payoff, payoffTask)
	check(t, crossval.Grid(4, crossval.Penalties(0.1, 100, 3)), data.Test, fitTask)
	check(t, chunks, totals, totalsTask)
	check(t, integral.Blocks(0, 1, 20_000), pi, piTask)
}

func TestEveryFolderIsInTheTableOfThePackage(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	folders, _ := filepath.Glob("*/")
	for _, folder := range folders {
		if name := filepath.Base(folder); !strings.Contains(string(doc), "\n//\t"+name+" ") {
			t.Errorf("%s is missing", name)
		}
	}
}
