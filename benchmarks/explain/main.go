// Command explain measures how well package explain does: it runs eight programs
// whose losses are known, and prints what each speedup was lost to, by the trace,
// and the predicted speedup without that loss beside the speedup of the program
// without it.
package main

import (
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"

	"multiprocessing/lib/explain"
	"multiprocessing/lib/timing"
)

func main() {
	budget := flag.Duration("budget", 3*time.Second, "how long a program is measured")
	only := flag.String("only", "", "run only programs whose name contains this")
	size := flag.Int("size", 400, "items of a run")
	attempts := flag.Int("attempts", 3, "how often a program is measured at most, while the cores are not free")
	flag.Parse()
	if err := run(os.Stdout, *size, *attempts, *only, timing.Budget(*budget)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// closeTo is how far a prediction may be from the speedup that is then measured.
const closeTo = 0.15

func run(out io.Writer, size, attempts int, only string, how timing.Option) error {
	if size < 8 || attempts < 1 {
		return fmt.Errorf("explain: -size must be at least 8 and -attempts 1, got %d and %d", size, attempts)
	}
	fmt.Fprintf(out, "%s, %s/%s, GOMAXPROCS %d, %d workers\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0), workers)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "program\tspeedup\tefficiency\texplained\tlost to\tright\tpredicted\tmeasured\toff %")
	right, near, predicted := 0, 0, 0
	caption := ""
	for _, p := range programs {
		if !strings.Contains(p.name, only) {
			continue
		}
		c, err := p.measure(size, attempts, how)
		if err != nil {
			return fmt.Errorf("explain: %s: %w", p.name, err)
		}
		df := c.DataFrame()
		caption = c.Caption()
		at := func(column string, row int) float64 { return df.Col(column).Float()[row] }
		lost := df.Col("lost to").Records()[1]
		ok := p.found(lost)
		if ok {
			right++
		}
		line := fmt.Sprintf("%s\t%.2f\t%.2f\t%.2f\t%s\t%v", p.name, at("speedup", 1), at("efficiency", 1), at("explained", 1), lost, ok)
		if p.fixed == nil {
			line += "\t\t\t"
		} else {
			off := at("speedup without it", 1)/at("speedup", 2) - 1
			predicted++
			if math.Abs(off) <= closeTo {
				near++
			}
			line += fmt.Sprintf("\t%.2f\t%.2f\t%+.0f", at("speedup without it", 1), at("speedup", 2), 100*off)
		}
		fmt.Fprintln(w, line)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("explain: writing the table: %w", err)
	}
	fmt.Fprintf(out, "\n%d attributed as they should be, %d of %d predictions within %.0f%%\n%s\n", right, near, predicted, 100*closeTo, caption)
	return nil
}

// measure compares the forms of the program, again while the cores are not free.
func (p program) measure(size, attempts int, how timing.Option) (*timing.Comparison, error) {
	for {
		c := timing.Compare(p.cases(size), how, explain.Traces())
		attempts--
		said := strings.Join(c.DataFrame().Col("verdict").Records(), " ")
		if err := c.Err(); err != nil || attempts == 0 || !strings.Contains(said, "cores were free") {
			return c, err
		}
	}
}

// found reports whether the loss is the one that the program has.
func (p program) found(lost string) bool {
	if p.wanted != "" {
		return strings.Contains(lost, p.wanted)
	}
	var share float64
	at := strings.LastIndex(lost, ", ")
	if at < 0 {
		return lost == "nothing over 1%"
	}
	_, err := fmt.Sscanf(lost[at+2:], "%f%%", &share)
	return err == nil && share < 3
}
