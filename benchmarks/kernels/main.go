// Command kernels runs the course's kernel beside others on the same cells, each in its own language: GoNB as anybody
// installs it, Python's ipykernel, and evcxr (Rust) where it is on PATH. It prints medians and ratios.
//
//	cd benchmarks && go run ./kernels
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

func main() {
	rounds := flag.Int("rounds", 15, "how often everything is measured")
	only := flag.String("only", "", "run only groups whose name contains this")
	course := flag.String("course", "..", "the folder of the course's go.mod")
	flag.Parse()
	if err := run(os.Stdout, *course, *rounds, *only); err != nil {
		fmt.Fprintln(os.Stderr, "kernels:", err)
		os.Exit(1)
	}
}

// run measures the groups whose names contain only, and prints a table of each.
func run(out io.Writer, course string, rounds int, only string) error {
	if rounds < 1 {
		return fmt.Errorf("-rounds must be at least 1, got %d", rounds)
	}
	var chosen []group
	for _, g := range groups {
		if strings.Contains(g.Name, only) {
			chosen = append(chosen, g)
		}
	}
	if len(chosen) == 0 {
		return fmt.Errorf("no group has %q in its name", only)
	}
	course, err := filepath.Abs(course)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "kernels-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	b, err := setUp(course, folder)
	if err != nil {
		return err
	}
	samples, err := b.measure(chosen, rounds)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s, %s/%s, %d cores; medians of %d rounds, in s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), rounds)
	for _, g := range chosen {
		g.table(out, b.kernels, samples)
	}
	return nil
}
