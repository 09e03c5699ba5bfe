// Command record keeps a run and prints the runs of its history: each by its
// one parameter, which is the command's argument.
package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"multiprocessing/lib/timing"
)

func main() {
	once := func() (timing.Measurement, error) { return timing.Measurement{Elapsed: time.Millisecond}, nil }
	timing.Compare([]timing.Case{{Name: "a", Measure: once}}, timing.Rounds(1), timing.Record("table", timing.Params{"run": "run " + os.Args[1]}))
	fmt.Println(strings.Join(timing.History("table").Col("run").Records(), ", "))
}
