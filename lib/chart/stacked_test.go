package chart

import (
	"strings"
	"testing"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"
)

func memory(own ...float64) dataframe.DataFrame {
	return dataframe.New(
		series.New([]string{"parent", "child"}, series.String, "process"),
		series.New([]float64{30, 40}, series.Float, "shared MiB"),
		series.New(own, series.Float, "own MiB"),
	)
}

func TestABarOfPartsNamesThemAndTheirSum(t *testing.T) {
	svg, said, err := stacked(memory(10, 2), "memory, MiB", "process", []string{"shared MiB", "own MiB"})
	if err != nil {
		t.Fatal(err)
	}
	if want := "Bar chart of memory, MiB: parent 40.0 (shared 30.0, own 10.0); child 42.0 (shared 40.0, own 2.00)."; said != want {
		t.Errorf("got %q, want %q", said, want)
	}
	for _, want := range []string{">shared<", ">own<", ">parent<", ">42.0<"} {
		if !strings.Contains(svg, want) {
			t.Errorf("%s is missing in the picture", want)
		}
	}
}

func TestPartsThatCannotBeStackedAreRefused(t *testing.T) {
	for want, c := range map[string]struct {
		df    dataframe.DataFrame
		parts []string
	}{
		"must not be negative":       {memory(10, -1), []string{"shared MiB", "own MiB"}},
		`no column "foreign MiB"`:    {memory(10, 2), []string{"shared MiB", "foreign MiB"}},
		"give 1 to 6 columns, not 0": {memory(10, 2), nil},
		"the data frame has no rows": {memory(10, 2).Subset([]int{}), []string{"own MiB"}},
	} {
		if _, _, err := stacked(c.df, "memory, MiB", "process", c.parts); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
