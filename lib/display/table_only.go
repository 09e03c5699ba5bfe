package display

import (
	"errors"

	"github.com/go-gota/gota/dataframe"

	"multiprocessing/lib/internal/named"
)

// chosen returns the numbers of the columns of Only, those of their intervals
// and guesses behind them.
func chosen(all, only []string) []int {
	var numbers []int
	for _, name := range only {
		i, err := named.Column(all, name)
		if err != nil {
			panic("display: Table: Only: " + err.Error())
		}
		numbers = append(numbers, i)
		if i+2 < len(all) && isInterval(name, all[i+1], all[i+2]) {
			numbers = append(numbers, i+1, i+2)
			i += 2
		}
		if i+2 < len(all) && all[i+1] == guessName(name) && all[i+2] == offName(all[i+1]) {
			numbers = append(numbers, i+1, i+2)
		}
	}
	return numbers
}

// pick returns the columns of these numbers, under the names that they have:
// gota's Select renames those that are the same.
func pick(df dataframe.DataFrame, numbers []int) dataframe.DataFrame {
	all := df.Names()
	df = df.Select(numbers)
	names := make([]string, len(numbers))
	for i, number := range numbers {
		names[i] = all[number]
	}
	if err := errors.Join(df.Err, df.SetNames(names...)); err != nil {
		panic("display: Table: Only: " + err.Error()) // cannot happen: the numbers are those of columns
	}
	return df
}
