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
// are empty fields. Columns of the same name keep it.
func WriteCSV(w io.Writer, df dataframe.DataFrame) error {
	out := csv.NewWriter(w)
	if err := writeRow(w, out, df.Names()); err != nil {
		return err
	}
	for row := range df.Nrow() {
		var fields []string
		for col := range df.Ncol() {
			fields = append(fields, Text(df.Elem(row, col)))
		}
		if err := writeRow(w, out, fields); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// writeRow quotes a single field that is empty: readers of CSV skip empty
// lines, and would miss the row.
func writeRow(w io.Writer, out *csv.Writer, fields []string) error {
	if len(fields) != 1 || fields[0] != "" {
		return out.Write(fields)
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\"\"\n")
	return err
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
