package timing

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"
)

// Params are the parameters of a run: what the reader changed, by name.
// Numbers, strings and booleans are kept as they are, other values as text.
type Params map[string]any

// Record makes Compare store its run in the history under a name, with the
// parameters that it was made with, so that History(name) shows it beside the
// earlier ones:
//
//	timing.Compare(cases, timing.Record("primes", timing.Params{"start": start}))
//
// The run belongs to the notebook whose cell made it: History shows it in no
// other notebook, and in no other checkout of the course. A notebook is known
// by its path, and loses its history when it is renamed or moved. If the
// client does not send the path, History shows the run only until the kernel
// ends. Outside of notebooks a run belongs to the program and its working folder.
//
// If the run cannot be kept, because the disk is full for instance, the
// caption says so and nothing else happens. Tests keep runs only in a folder
// that the environment variable MULTIPROCESSING_HISTORY names. Record panics
// if the name, or that of a parameter, is empty.
func Record(name string, params Params) Option {
	if name == "" {
		panic("timing: Record: the name must not be empty")
	}
	kept := Params{}
	for key, v := range params {
		if key == "" {
			panic(fmt.Sprintf("timing: Record: a parameter of %q has no name", name))
		}
		kept[key] = plainValue(v)
	}
	return func(s *settings) { s.record, s.params = name, kept }
}

// plainValue makes of v what comes back from JSON as it was.
func plainValue(v any) any {
	r := reflect.ValueOf(v)
	if _, words := v.(fmt.Stringer); words || !r.IsValid() { // words: a time.Duration
		return fmt.Sprint(v)
	}
	switch {
	case r.CanInt():
		return r.Int()
	case r.CanUint() && r.Uint() <= math.MaxInt64: // gota has no greater ones
		return int64(r.Uint())
	case r.CanFloat() && !math.IsNaN(r.Float()) && !math.IsInf(r.Float(), 0):
		return r.Float()
	case r.Kind() == reflect.Bool:
		return r.Bool()
	case r.Kind() == reflect.String:
		return r.String()
	}
	return fmt.Sprint(v)
}

// Bounds of the history. What is over them goes, the oldest first.
const (
	maxRuns    = 100     // of one owner and name
	maxFiles   = 1000    // of all
	maxBytes   = 1 << 24 // of all
	maxRunSize = 1 << 18 // bytes of one run
)

// savedRun is a file of the history: one run of Compare.
type savedRun struct {
	Owner  string // see owner
	Name   string
	Time   time.Time
	Facts  string
	Params Params
	Rows   []map[string]any // by column of DataFrame; missing values are nil
}

// History returns the runs that this notebook has kept under a name (see
// Record), the oldest first, one row per case: the column "time", one column for
// each parameter in the order of their names, and then those of
// Comparison.DataFrame. It is for looking at, in chart.History or a table:
// different runs share no rounds, so no verdict compares them. A parameter that
// has the name of such a column is called "parameter workers". A run that did
// not have a parameter has a missing value there.
//
// With cases, only their rows are there: History("primes", "serial", "pool").
//
// The last 100 runs of a name are kept, in the user's cache folder, readable
// for nobody else. Files that are damaged are left out. If there are no runs of
// that name, the frame has no rows.
func History(name string, cases ...string) dataframe.DataFrame {
	dir, err := historyFolder()
	if err != nil {
		return historyFrame(nil)
	}
	var runs []savedRun
	mine := owner()
	for _, file := range filesOf(dir, keyOf(mine, name)) {
		if r, ok := readRun(filepath.Join(dir, file)); ok && r.Owner == mine && r.Name == name {
			runs = append(runs, r.with(cases))
		}
	}
	return historyFrame(runs)
}

// with is the run with the rows of these cases alone; of all if there are none.
func (r savedRun) with(cases []string) savedRun {
	if len(cases) > 0 {
		r.Rows = slices.DeleteFunc(r.Rows, func(row map[string]any) bool {
			name, _ := row["case"].(string)
			return !slices.Contains(cases, name)
		})
	}
	return r
}

// keep writes the run and then drops what is over the bounds.
func (c *Comparison) keep(name string, params Params) error {
	dir, err := historyFolder()
	if err != nil {
		return err
	}
	r := savedRun{Owner: owner(), Name: name, Time: time.Now(), Facts: c.facts.String(), Params: params}
	var rows bytes.Buffer
	if err := WriteJSON(&rows, c.DataFrame()); err != nil {
		return err
	}
	if err := json.Unmarshal(rows.Bytes(), &r.Rows); err != nil {
		return err
	}
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if len(text) > maxRunSize {
		return fmt.Errorf("it has %d kB, more than the %d kB of a run", len(text)>>10, maxRunSize>>10)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	key := keyOf(r.Owner, name)
	file := fmt.Sprintf("%019d-%s-%08x.json", r.Time.UnixNano(), key, rand.Uint32())
	if err := writeWhole(filepath.Join(dir, file), text); err != nil {
		return err
	}
	drop(dir, key)
	return nil
}

// writeWhole makes a file appear with all of its text, or not at all.
func writeWhole(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "*.tmp") // with mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// drop removes the oldest files until the bounds hold, and what a program
// that was killed left half written. Two that drop at once may both want the
// same file: the second finds it gone.
func drop(dir, key string) {
	entries, err := os.ReadDir(dir) // by name, and so by time
	if err != nil {
		return
	}
	slices.Reverse(entries)
	files, runs, bytes := 0, 0, int64(0)
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			continue
		}
		path := filepath.Join(dir, e.Name())
		if strings.HasSuffix(e.Name(), ".tmp") {
			if time.Since(info.ModTime()) > time.Hour {
				os.Remove(path)
			}
			continue
		}
		files, bytes = files+1, bytes+info.Size()
		if strings.Contains(e.Name(), key) {
			runs++
		}
		if files > maxFiles || bytes > maxBytes || (strings.Contains(e.Name(), key) && runs > maxRuns) {
			os.Remove(path)
		}
	}
}

// keyOf is what the names of the files of an owner's runs with a name have in
// common. Another owner's may have it too, by chance: see History.
func keyOf(owner, name string) string {
	h := fnv.New64a()
	io.WriteString(h, join(owner, name))
	return fmt.Sprintf("%016x", h.Sum64())
}

// filesOf lists the files with a key, the oldest first.
func filesOf(dir, key string) []string {
	all, _ := fs.Glob(os.DirFS(dir), "*-"+key+"-*.json")
	slices.Sort(all)
	return all[max(0, len(all)-maxRuns):]
}

func readRun(path string) (savedRun, bool) {
	f, err := os.Open(path)
	if err != nil {
		return savedRun{}, false
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxRunSize+1))
	if err != nil || len(text) > maxRunSize {
		return savedRun{}, false
	}
	return parseRun(text)
}

func parseRun(text []byte) (savedRun, bool) {
	var r savedRun
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber() // a float64 does not have all digits of an integer
	if err := d.Decode(&r); err != nil || d.More() || r.Name == "" || r.Time.IsZero() {
		return savedRun{}, false
	}
	return r, true
}

// historyFrame puts the runs below each other.
func historyFrame(runs []savedRun) dataframe.DataFrame {
	var times []string
	var params []Params
	var rows []map[string]any
	for _, r := range runs {
		for _, row := range r.Rows {
			times = append(times, r.Time.Local().Format(time.DateTime))
			params, rows = append(params, r.Params), append(rows, row)
		}
	}
	all := []series.Series{series.New(times, series.String, "time")}
	taken := map[string]bool{"time": true}
	for _, col := range columns() {
		taken[col.name] = true
	}
	for _, name := range paramNames(params) {
		shown := name
		for taken[shown] {
			shown = "parameter " + shown
		}
		taken[shown] = true
		all = append(all, gather(shown, params, name))
	}
	for _, col := range columns() {
		if col.when == nil || someRow(rows, col.name) {
			all = append(all, typed(col.name, col.kind, rows))
		}
	}
	return frameOf(all...)
}

// someRow reports whether a row has a column that not every table has.
func someRow(rows []map[string]any, column string) bool {
	return slices.ContainsFunc(rows, func(row map[string]any) bool { return row[column] != nil })
}

func paramNames(params []Params) []string {
	seen := map[string]bool{}
	for _, p := range params {
		for name := range p {
			seen[name] = true
		}
	}
	var names []string
	for name := range seen {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// gather makes a column of one parameter: of whole numbers, of numbers, or of
// text, whichever holds all of its values as they are.
func gather(shown string, params []Params, name string) series.Series {
	whole, exact := true, true
	for _, p := range params {
		switch v := p[name].(type) {
		case nil:
		case json.Number:
			n, err := v.Int64()
			whole = whole && err == nil
			exact = exact && (err != nil || -1<<53 <= n && n <= 1<<53)
		default:
			return typed(shown, series.String, params, name)
		}
	}
	switch {
	case whole:
		return typed(shown, series.Int, params, name)
	case exact:
		return typed(shown, series.Float, params, name)
	}
	return typed(shown, series.String, params, name)
}

// typed makes a column of a type out of the member of that name, or of
// another if it is given. What has not the type is missing.
func typed[M ~map[string]any](column string, kind series.Type, rows []M, member ...string) series.Series {
	key := column
	if len(member) > 0 {
		key = member[0]
	}
	var texts []string
	for _, row := range rows {
		texts = append(texts, valueText(row[key], kind))
	}
	return series.New(texts, kind, column)
}

// valueText is a value as gota reads it; "NaN" is missing.
func valueText(v any, kind series.Type) string {
	switch v := v.(type) {
	case json.Number:
		if _, err := v.Int64(); err == nil || kind != series.Int {
			return v.String()
		}
	case string:
		if kind == series.String || v == "+Inf" || v == "-Inf" {
			return v
		}
	case bool:
		if kind == series.String {
			return strconv.FormatBool(v)
		}
	}
	return "NaN"
}
