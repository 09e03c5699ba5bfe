// Package exact writes data frames as CSV with their numbers as they are. It
// stands below timing, which exports tables, and display, which sends them
// along with what it shows.
package exact

import (
	"encoding/csv"
	"io"
	"strconv"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"
)

// WriteCSV writes df with the fewest digits that read back as the same
// numbers. (Gota's own WriteCSV cuts them after six decimals.) Missing values
// are empty fields.
func WriteCSV(w io.Writer, df dataframe.DataFrame) error {
	out := csv.NewWriter(w)
	_ = out.Write(df.Names()) // Error below has what went wrong
	for row := range df.Nrow() {
		var fields []string
		for col := range df.Ncol() {
			fields = append(fields, Text(df.Elem(row, col)))
		}
		_ = out.Write(fields)
	}
	out.Flush()
	return out.Error()
}

// Text is the text of an element; a missing one has none.
func Text(e series.Element) string {
	switch {
	case e.IsNA():
		return ""
	case e.Type() == series.Float:
		return strconv.FormatFloat(e.Float(), 'g', -1, 64)
	}
	return e.String()
}
