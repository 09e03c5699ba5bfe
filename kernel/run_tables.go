//go:build unix

package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"multiprocessing/kernel/coursebook"
	"multiprocessing/lib/display/monospace"
)

// tablesFile is the name of the collected table, beside the executed notebooks.
const tablesFile = "tables.csv"

// table is one that a cell displayed: display.Table adds it as CSV to what it shows.
type table struct {
	run     run
	number  int // from 1, in its notebook
	columns []string
	rows    [][]string
}

// tables are those of all runs.
type tables struct {
	wanted bool // with one run of a notebook its tables are in the notebook, and nothing is to be collected
	list   []table
}

// historyTag marks cells that show the timings of earlier runs.
const historyTag = "history"

// add collects the tables of an executed notebook, without those of earlier runs. A notebook that cannot be read has none,
// and the run says why.
func (t *tables) add(one run, output string) {
	if !t.wanted {
		return
	}
	book, err := coursebook.Read(output)
	if err != nil {
		return
	}
	number := 0
	for _, cell := range book.Cells {
		for _, shown := range cell.Outputs {
			rows, err := csv.NewReader(strings.NewReader(string(shown.Data["text/csv"]))).ReadAll()
			if err != nil || len(rows) == 0 {
				continue
			}
			number++
			if slices.Contains(cell.Metadata.Tags, historyTag) {
				continue // what was run before was not asked for
			}
			t.list = append(t.list, table{one, number, distinct(rows[0]), rows[1:]})
		}
	}
}

// showTables prints the collected table, and writes it where there are outputs.
func (r runner) showTables(t *tables) error {
	if len(t.list) == 0 {
		fmt.Fprintln(r.out, "no cell displayed a table")
		return nil
	}
	if err := t.print(r.out); err != nil {
		return fmt.Errorf("printing the tables: %w", err)
	}
	if r.output == "" {
		return nil
	}
	path := filepath.Join(r.output, tablesFile)
	if err := writeFile(path, t.writeCSV); err != nil {
		return fmt.Errorf("writing the tables: %w; make room, or name another folder in --output", err)
	}
	fmt.Fprintf(r.out, "tables of all runs: %s\n", path)
	return nil
}

func writeFile(path string, write func(io.Writer) error) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := write(file); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}

// writeCSV writes all the tables as one: the parameters, the notebook, the number of the table in it, and every column
// that one of the tables has. A table leaves empty what it does not have.
func (t *tables) writeCSV(w io.Writer) error {
	parameters, own, place := t.parameters(t.list), t.columns(t.list), []string{"notebook", "table"}
	head := append(headings(parameters, place, "parameter"), place...)
	out := csv.NewWriter(w)
	_ = out.Write(append(head, headings(own, head, "table")...)) // Error has what went wrong
	for _, one := range t.list {
		leading := append(one.valuesOf(parameters), filepath.Base(one.run.notebook), strconv.Itoa(one.number))
		for _, row := range one.rows {
			_ = out.Write(slices.Concat(leading, one.pick(row, own)))
		}
	}
	out.Flush()
	return out.Error()
}

// print prints tables of the same place in the same notebook below each other, for the eye: numbers are shortened.
func (t *tables) print(w io.Writer) error {
	for _, group := range t.groups() {
		parameters, own := t.parameters(group), t.columns(group)
		fmt.Fprintf(w, "\n%s, table %d\n", group[0].run.notebook, group[0].number)
		rows := [][]string{slices.Concat(parameters, headings(own, parameters, "table"))}
		for _, one := range group {
			for _, row := range one.rows {
				rows = append(rows, slices.Concat(one.valuesOf(parameters), one.pick(row, own)))
			}
		}
		if err := printRows(w, rows); err != nil {
			return err
		}
	}
	return nil
}

// printRows prints rows in columns, moved in by two spaces.
func printRows(w io.Writer, rows [][]string) error {
	texts := make([][]string, len(rows))
	for i, row := range rows {
		for _, field := range row {
			texts[i] = append(texts[i], monospace.Line(brief(field)))
		}
	}
	for line := range strings.Lines(monospace.Table(texts, nil, 0)) {
		if _, err := io.WriteString(w, strings.TrimRight("  "+line, " \n")+"\n"); err != nil {
			return err
		}
	}
	return nil
}

// brief returns a field with four significant digits, if it is a float as display.Table writes it. Whole ones keep all of
// their digits, as far as they are exact. Other texts stay as they are: an identifier may look like a number.
func brief(field string) string {
	number, err := strconv.ParseFloat(field, 64)
	switch {
	case err != nil || !strings.ContainsAny(field, ".e") || strconv.FormatFloat(number, 'g', -1, 64) != field:
		return field
	case number == math.Trunc(number) && math.Abs(number) < 1<<53:
		return strconv.FormatFloat(number, 'f', 0, 64)
	}
	return strconv.FormatFloat(number, 'g', 4, 64)
}

// groups are the tables of the same place in the same notebook, in order of appearance.
func (t *tables) groups() [][]table {
	var groups [][]table
	for _, one := range t.list {
		at := slices.IndexFunc(groups, func(group []table) bool {
			return group[0].run.notebook == one.run.notebook && group[0].number == one.number
		})
		if at < 0 {
			groups = append(groups, nil)
			at = len(groups) - 1
		}
		groups[at] = append(groups[at], one)
	}
	return groups
}

// parameters are the names of those that some run was given.
func (t *tables) parameters(list []table) []string {
	var names []string
	for _, one := range list {
		for _, value := range one.run.values.List {
			names = appendNew(names, value.Name)
		}
	}
	return names
}

// columns are the names of those that some table has.
func (t *tables) columns(list []table) []string {
	var names []string
	for _, one := range list {
		for _, name := range one.columns {
			names = appendNew(names, name)
		}
	}
	return names
}

// headings are the names of columns, with a word behind those that another column has: a table's own column "workers"
// stands beside a parameter as "workers (table)".
func headings(names, taken []string, word string) []string {
	var free []string
	for _, name := range names {
		for slices.Contains(taken, name) || slices.Contains(free, name) {
			name += " (" + word + ")"
		}
		free = append(free, name)
	}
	return free
}

func (t table) valuesOf(parameters []string) []string {
	texts := make([]string, len(parameters))
	for _, value := range t.run.values.List {
		texts[slices.Index(parameters, value.Name)] = value.Text
	}
	return texts
}

// pick are the fields of a row, in the order of the columns.
func (t table) pick(row, columns []string) []string {
	fields := make([]string, len(columns))
	for i, name := range t.columns {
		fields[slices.Index(columns, name)] = row[i]
	}
	return fields
}

// distinct returns names with a number behind those that another column before has: a table may have two of the same name.
func distinct(names []string) []string {
	var free []string
	for _, name := range names {
		own := name
		for n := 2; slices.Contains(free, own) || own != name && slices.Contains(names, own); n++ {
			own = fmt.Sprintf("%s (%d)", name, n)
		}
		free = append(free, own)
	}
	return free
}

func appendNew(list []string, text string) []string {
	if slices.Contains(list, text) {
		return list
	}
	return append(list, text)
}
