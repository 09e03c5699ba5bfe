package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// contender does a group's work once.
type contender struct {
	name  string
	run   func() error                  // timed from outside
	timed func() (time.Duration, error) // or it times itself
}

// goal is what the library must reach. The first contender is the library's.
type goal struct {
	text   string
	beside string  // the contender it is measured against; "" for the unit itself
	most   float64 // at most so many units, or times the other's median
}

func (c contender) measure() (time.Duration, error) {
	runtime.GC() // the garbage of others is not this one's cost
	spread()
	if c.timed != nil {
		return c.timed()
	}
	begin := time.Now()
	err := c.run()
	return time.Since(begin), err
}

// print measures a group and prints its table.
func (g group) print(out io.Writer, rounds int, only string) error {
	if !strings.Contains(g.title, only) {
		return nil
	}
	cases, stop, err := g.start()
	if err != nil {
		return err
	}
	defer stop()
	if g.most > 0 {
		rounds = min(rounds, g.most)
	}
	medians, err := interleave(cases, rounds)
	if err != nil {
		return err
	}
	g.table(out, cases, medians)
	return nil
}

// interleave measures all cases once a round, in random order, so that what
// else the machine does hits all alike. A first round is not counted.
func interleave(cases []contender, rounds int) ([]float64, error) {
	samples := make([][]float64, len(cases))
	for round := range rounds + 1 {
		for _, i := range rand.Perm(len(cases)) {
			took, err := cases[i].measure()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", cases[i].name, err)
			}
			if round > 0 {
				samples[i] = append(samples[i], float64(took.Nanoseconds()))
			}
		}
	}
	medians := make([]float64, len(cases))
	for i, s := range samples {
		medians[i] = median(s)
	}
	return medians, nil
}

func median(s []float64) float64 {
	slices.Sort(s)
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

func (g group) table(out io.Writer, cases []contender, medians []float64) {
	fmt.Fprintf(out, "\n%s\n", g.title)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "\t%s\tratio\t\n", g.unit)
	for i, c := range cases {
		fmt.Fprintf(w, "%s\t%.2f\t%.2f\t\n", c.name, medians[i]/g.scale, medians[i]/medians[0])
	}
	w.Flush()
	for _, goal := range g.goals {
		got, ok := goal.reached(g, cases, medians)
		if got > 0 {
			fmt.Fprintf(out, "  %s: %.2f, %s\n", goal.text, got, map[bool]string{true: "reached", false: "NOT reached"}[ok])
		}
	}
}

// reached compares the first case with the goal; got is 0 if the other is
// not there.
func (o goal) reached(g group, cases []contender, medians []float64) (got float64, ok bool) {
	if o.beside == "" {
		got = medians[0] / g.scale
		return got, got <= o.most
	}
	for i, c := range cases {
		if c.name == o.beside {
			got = medians[0] / medians[i]
		}
	}
	return got, got <= o.most
}
