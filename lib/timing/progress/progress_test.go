package progress_test

import (
	"fmt"
	"testing"

	"multiprocessing/lib/timing/progress"
)

func ExampleListen() {
	progress.Listen(func(s progress.Step) { fmt.Println(s.Doing, s.Round, "of", s.Of) })
	defer progress.Listen(nil)
	progress.Report(progress.Step{Doing: "serial", Round: 1, Of: 6})
	// Output: serial 1 of 6
}

func TestWithoutAListenerAReportIsLost(t *testing.T) {
	progress.Listen(nil)
	progress.Report(progress.Step{Doing: "serial"})
}

func BenchmarkReport(b *testing.B) {
	for b.Loop() {
		progress.Report(progress.Step{Doing: "serial", Round: 1})
	}
}
