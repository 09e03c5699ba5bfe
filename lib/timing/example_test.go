package timing_test

import (
	"fmt"
	"strings"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"

	"multiprocessing/lib/timing"
)

func sum(n int) (any, error) {
	total := 0
	for i := range n {
		total += i
	}
	return total, nil
}

func ExampleCompare() {
	c := timing.Compare([]timing.Case{
		{Name: "long way", Run: func() (any, error) { return sum(10_000_000) }},
		{Name: "formula", Run: func() (any, error) { return 10_000_000 * 9_999_999 / 2, nil }},
		{Name: "too few", Run: func() (any, error) { return sum(100) }},
	}, timing.Rounds(6))
	df := c.DataFrame()
	right := df.Filter(dataframe.F{Colname: "result", Comparator: series.Eq, Comparando: "49999995000000"})
	fmt.Println(right.Col("case"))
	doubt, _, _ := strings.Cut(df.Col("verdict").Elem(2).String(), ";")
	fmt.Println(doubt)
	// Output:
	// [long way formula]
	// wrong answer, not that of long way
}
