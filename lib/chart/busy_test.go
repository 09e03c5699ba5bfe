package chart

import (
	"strings"
	"testing"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"

	"multiprocessing/lib/scaling"
)

// onBusyMachine has the verdict of the second row say that cores were not free.
func onBusyMachine(df dataframe.DataFrame) dataframe.DataFrame {
	verdicts := make([]string, df.Nrow())
	verdicts[0], verdicts[1] = "base", "1.10 times as fast (1.05 to 1.15); 0.9 of 2 cores were free"
	return df.Mutate(series.New(verdicts, series.String, "verdict"))
}

func TestAPictureOfABusyMachineIsNoResult(t *testing.T) {
	const busy = "0.9 of 2 cores were free: not a result"
	for name, c := range map[string]struct {
		of      func() (svg, description string, err error)
		want    string
		missing []string // what would look like a result
	}{
		"bars": {func() (string, string, error) { return bars(onBusyMachine(frame(70.1, 36.2)), "time per run, ms") },
			"No bars of time per run, ms are drawn for serial, goroutines.", []string{"70.1", "36.2"}},
		"curve": {func() (string, string, error) { return speedup(onBusyMachine(speedups(1, 2, 4)), nil) }, "No curve.", []string{"Amdahl"}},
	} {
		svg, description, err := c.of()
		if err != nil || !strings.Contains(svg, ">"+busy+"</text>") || !strings.HasPrefix(description, busy+". ") || !strings.Contains(description, c.want) {
			t.Errorf("%s: described as %q, %v, want that it is no result, and %q", name, description, err, c.want)
		}
		for _, result := range c.missing {
			if strings.Contains(svg, ">"+result) || strings.Contains(description, result) {
				t.Errorf("%s: %s is there", name, result)
			}
		}
	}
}

func TestAFitOfABusyMachineIsNotDrawn(t *testing.T) {
	fit, err := scaling.FitAmdahl(scaling.Points(speedups(1, 2, 4)))
	if err != nil {
		t.Fatal(err)
	}
	svg, description, err := speedup(onBusyMachine(speedups(1, 2, 4)), []*scaling.Fit{fit})
	if err != nil || strings.Contains(svg, "law") || strings.Contains(description, "Amdahl") {
		t.Errorf("described as %q, %v", description, err)
	}
}
