package chart

import (
	"strings"
	"testing"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"
)

// queues are the lengths of two queues, item by item.
func queues() dataframe.DataFrame {
	return dataframe.New(
		series.New([]int{1, 2, 3, 4}, series.Int, "item"),
		series.New([]float64{1, 2, 2, 0}, series.Float, "capacity 2"),
		series.New([]float64{1, nan, 5, 3}, series.Float, "no limit"),
		series.New([]float64{nan, nan, nan, nan}, series.Float, "empty"),
	)
}

func TestLinesAreDescribedByTheirEndsAndTheirHighestPoint(t *testing.T) {
	_, got, err := xyLines(queues(), "items in the queue", "item", []string{"capacity 2", "no limit", "empty"})
	want := "Line chart of items in the queue by item: " +
		"capacity 2 begins with 1, is highest with 2 at item 2, and ends with 0; " +
		"no limit begins with 1, is highest with 5 at item 3, and ends with 3; empty has no values."
	if err != nil || got != want {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
}

func TestLinesSayWhatIsWrongWithTheirData(t *testing.T) {
	many := strings.Split(strings.Repeat("no limit,", 7), ",")[:7]
	for name, c := range map[string]struct {
		df      dataframe.DataFrame
		columns []string
		want    string
	}{
		"no columns":     {queues(), nil, "give 1 to 6 columns, not 0"},
		"too many":       {queues(), many, "give 1 to 6 columns, not 7"},
		"unknown column": {queues(), []string{"length"}, `no column "length"`},
		"no rows":        {queues().Subset([]int{}), []string{"no limit"}, "no rows"},
		"error":          {queues().Select([]string{"x"}), []string{"no limit"}, "carries an error"},
	} {
		if _, _, err := xyLines(c.df, "items", "item", c.columns); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want that it says %q", name, err, c.want)
		}
	}
}
