package chart

import (
	"slices"
	"strings"
	"testing"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"
)

// withGuess adds what the reader expected. A frame of times gets a speedup, too.
func withGuess(df dataframe.DataFrame, guesses ...float64) dataframe.DataFrame {
	if !slices.Contains(df.Names(), "speedup") {
		var s []float64
		for _, v := range df.Col("median ms").Float() {
			s = append(s, df.Col("median ms").Float()[0]/v)
		}
		df = df.Mutate(series.New(s, series.Float, "speedup"))
	}
	return df.Mutate(series.New(guesses, series.Float, "speedup guess"))
}

func TestAGuessIsMarked(t *testing.T) {
	guess := withGuess(frame(60, 30, 20), nan, 3, nan)
	for want, of := range map[string]func() (string, string, error){
		"goroutines 30.0 [27.0 to 36.0], guessed 20.0;": func() (string, string, error) { return bars(guess, "time per run, ms") },
		"goroutines 2.00, guessed 3.00;":                func() (string, string, error) { return bars(guess, "speedup", Columns("case", "speedup", "", "")) },
		"Guessed: 2 workers 1.50.":                      func() (string, string, error) { return speedup(withGuess(speedups(1, 2), nan, 1.5), nil) },
	} {
		svg, description, err := of()
		if err != nil || !strings.Contains(description, want) || !strings.Contains(svg, "your guess") {
			t.Errorf("described as %q, %v, want %q", description, err, want)
		}
	}
	_, description, err := bars(guess.Mutate(series.New([]int{1, 2, 3}, series.Int, "moved kB")), "moved, kB", Columns("case", "moved kB", "", ""))
	if err != nil || strings.Contains(description, "guess") {
		t.Errorf("a speedup is no guess of something else: %q, %v", description, err)
	}
}
