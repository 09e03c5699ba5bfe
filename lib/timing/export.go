package timing

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"
)

// WriteCSV writes df as CSV with its numbers exact: the fewest digits that
// read back as the same number. (Gota's own WriteCSV cuts them after six
// decimals.) Missing values are empty fields.
func WriteCSV(w io.Writer, df dataframe.DataFrame) error {
	if df.Err != nil {
		return fmt.Errorf("writing CSV: the data frame carries an error: %w", df.Err)
	}
	out := csv.NewWriter(w)
	_ = out.Write(df.Names()) // Error below has what went wrong
	for row := range df.Nrow() {
		var fields []string
		for col := range df.Ncol() {
			text, _ := exact(df.Elem(row, col))
			fields = append(fields, text)
		}
		_ = out.Write(fields)
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("writing CSV: %w", err)
	}
	return nil
}

// WriteJSON writes df as a JSON array with an object for each row, its
// members in the order of the columns, numbers exact. Missing values are
// null, infinite ones the strings "+Inf" and "-Inf".
func WriteJSON(w io.Writer, df dataframe.DataFrame) error {
	if df.Err != nil {
		return fmt.Errorf("writing JSON: the data frame carries an error: %w", df.Err)
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

// exact is the text of an element; bare says that it is one without quotes
// in JSON.
func exact(e series.Element) (text string, bare bool) {
	switch {
	case e.IsNA():
		return "", false
	case e.Type() == series.Float:
		v := e.Float()
		return strconv.FormatFloat(v, 'g', -1, 64), !math.IsInf(v, 0)
	case e.Type() == series.Int || e.Type() == series.Bool:
		return e.String(), true
	}
	return e.String(), false
}

func jsonValue(e series.Element) string {
	if e.IsNA() {
		return "null"
	}
	text, bare := exact(e)
	if bare {
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
