package chart

import (
	"fmt"
	"slices"

	"github.com/go-gota/gota/dataframe"

	"multiprocessing/lib/internal/named"
	"multiprocessing/lib/internal/verdict"
)

// usable returns an error for a frame that lacks a column, or has two of that name.
func usable(df dataframe.DataFrame, columns ...string) error {
	if df.Err != nil {
		return fmt.Errorf("the data frame carries an error: %w", df.Err)
	}
	for _, name := range columns {
		if _, err := named.Column(df.Names(), name); err != nil {
			return err
		}
	}
	return nil
}

// verdictOf is what timing says of a row, "" if df has no such column.
func verdictOf(df dataframe.DataFrame, row int) string {
	column := slices.Index(df.Names(), "verdict")
	if column < 0 {
		return ""
	}
	return df.Elem(row, column).String()
}

// busyIn says how many cores were free, if a row's verdict says that they were
// too few.
func busyIn(df dataframe.DataFrame) string {
	for i := range df.Nrow() {
		if busy := verdict.FindBusy(verdictOf(df, i)); busy != "" {
			return busy
		}
	}
	return ""
}

// notAResult is the description of a picture that says so across it.
func notAResult(busy, description string) string {
	return verdict.NotAResult(busy) + ". " + description
}
