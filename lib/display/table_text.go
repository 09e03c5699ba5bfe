package display

import (
	"strings"

	"github.com/go-gota/gota/dataframe"

	"multiprocessing/lib/display/monospace"
)

// terminal is how many columns the text form may take: a terminal breaks wider
// lines inside words.
const terminal = 100

// tableText is the table for terminals.
func tableText(df dataframe.DataFrame, s settings) string {
	cols := columns(df, s.only, " ", " ")
	shown := min(df.Nrow(), s.rows)
	rows := make([][]string, 1+shown)
	for _, c := range cols {
		rows[0] = append(rows[0], c.name)
		for i := range shown {
			rows[1+i] = append(rows[1+i], c.cells[i])
		}
	}
	var b strings.Builder
	b.WriteString(monospace.Table(rows, func(j int) bool { return cols[j].numeric }, terminal))
	if rest := df.Nrow() - shown; rest > 0 {
		b.WriteString("... " + more(rest) + "\n")
	}
	for line := range strings.Lines(s.caption) {
		b.WriteString(strings.Join(monospace.Wrap(line, terminal), "\n") + "\n")
	}
	return b.String()
}
