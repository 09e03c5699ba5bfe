package display

import (
	"fmt"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"
)

// Frame makes a DataFrame from names and values in turn, for a Table in one line:
//
//	display.Table(display.Frame("free cores", 1.94, "work", "unequal"))
//	display.Table(display.Frame("case", []string{"a", "b"}, "time ms", []float64{1.5, 2}))
//
// A value is an int, float64, string or bool, or a slice of these. Frame panics
// for other types, for slices of different lengths, and if a name is not a string.
func Frame(namesAndValues ...any) dataframe.DataFrame {
	if len(namesAndValues)%2 != 0 || len(namesAndValues) == 0 {
		panic(fmt.Sprintf("display: Frame: needs names and values in turn, got %d arguments", len(namesAndValues)))
	}
	var all []series.Series
	for i := 0; i < len(namesAndValues); i += 2 {
		name, ok := namesAndValues[i].(string)
		if !ok {
			panic(fmt.Sprintf("display: Frame: argument %d must be the name of a column, got %v", i+1, namesAndValues[i]))
		}
		all = append(all, seriesOf(name, namesAndValues[i+1]))
	}
	df := dataframe.New(all...)
	if df.Err != nil {
		panic("display: Frame: " + df.Err.Error())
	}
	return df
}

func seriesOf(name string, values any) series.Series {
	switch values.(type) {
	case int, []int:
		return series.New(values, series.Int, name)
	case float64, []float64:
		return series.New(values, series.Float, name)
	case string, []string:
		return series.New(values, series.String, name)
	case bool, []bool:
		return series.New(values, series.Bool, name)
	}
	panic(fmt.Sprintf("display: Frame: column %q has a value of type %T; use int, float64, string or bool, or a slice of these", name, values))
}
