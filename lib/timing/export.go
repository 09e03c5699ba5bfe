package timing

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"

	"multiprocessing/lib/internal/exact"
	"multiprocessing/lib/internal/named"
)

// WriteCSV writes df as CSV with exact numbers: the shortest form that reads
// back as the same number. (Gota's own WriteCSV cuts them after six
// decimals.) Missing values are empty fields.
func WriteCSV(w io.Writer, df dataframe.DataFrame) error {
	if df.Err != nil {
		return fmt.Errorf("writing CSV: the data frame carries an error: %w", df.Err)
	}
	if err := exact.WriteCSV(w, df); err != nil {
		return fmt.Errorf("writing CSV: %w", err)
	}
	return nil
}

// WriteJSON writes df as a JSON array with an object for each row, its
// members in the order of the columns, numbers exact. Missing values are
// null, infinite ones the strings "+Inf" and "-Inf". Two columns of the same
// name are an error: most programs that read JSON would keep one of them.
func WriteJSON(w io.Writer, df dataframe.DataFrame) error {
	if df.Err != nil {
		return fmt.Errorf("writing JSON: the data frame carries an error: %w", df.Err)
	}
	for _, name := range df.Names() {
		if _, err := named.Column(df.Names(), name); err != nil {
			return fmt.Errorf("writing JSON: %w", err)
		}
	}
	var b bytes.Buffer
	b.WriteString("[")
	for row := range df.Nrow() {
		if row > 0 {
			b.WriteString(",")
		}
		b.WriteString("\n  {")
		for col, name := range df.Names() {
			if col > 0 {
				b.WriteString(", ")
			}
			b.WriteString(quoted(name) + ": ")
			b.WriteString(jsonValue(df.Elem(row, col)))
		}
		b.WriteString("}")
	}
	b.WriteString("\n]\n")
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	return nil
}

// jsonValue is an element in JSON, which has no infinite numbers.
func jsonValue(e series.Element) string {
	text := exact.Text(e)
	switch {
	case e.IsNA():
		return "null"
	case e.Type() == series.Float && !math.IsInf(e.Float(), 0), e.Type() == series.Int, e.Type() == series.Bool:
		return text
	}
	return quoted(text)
}

func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic("timing: WriteJSON: " + err.Error()) // cannot happen: it is a string
	}
	return string(b)
}
