package timing

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"multiprocessing/lib/internal/exact"
)

// elsewhere puts the history into a folder of the test.
func elsewhere(t testing.TB) string {
	dir := filepath.Join(t.TempDir(), "history")
	t.Setenv(historyVariable, dir)
	return dir
}

func compareFixed(name string, p Params) *Comparison {
	return Compare([]Case{fixed("a", 2*time.Millisecond, 1), fixed("b", time.Millisecond, 1)}, Rounds(6), Record(name, p))
}

func TestTheHistoryOfSomeCasesHasTheirRowsAlone(t *testing.T) {
	elsewhere(t)
	compareFixed("primes", Params{"start": 1})
	compareFixed("primes", Params{"start": 2})
	if got := History("primes", "b").Col("case").Records(); strings.Join(got, " ") != "b b" {
		t.Errorf("cases %q, want b twice", got)
	}
	if got := History("primes", "b", "a").Nrow(); got != 4 {
		t.Errorf("%d rows of both cases, want 4", got)
	}
	if got := History("primes", "c").Nrow(); got != 0 {
		t.Errorf("%d rows of an unknown case, want none", got)
	}
}

func TestARunIsKeptWithItsParameters(t *testing.T) {
	elsewhere(t)
	compareFixed("primes", Params{"start": 20000, "workers": 2, "factor": 1.5})
	compareFixed("primes", Params{"start": 30000, "workers": 4, "note": "quiet", "fast": true, "wait": time.Second})
	compareFixed("other", nil)
	df := History("primes")
	if df.Err != nil {
		t.Fatal(df.Err)
	}
	if got := strings.Join(df.Names(), "|"); !strings.HasPrefix(got, "time|factor|fast|note|start|wait|parameter workers|case|workers|rounds|median ms") {
		t.Errorf("columns %s", got)
	}
	for row, want := range []string{
		"1.500000 NaN NaN 20000 NaN 2 a 1 6 2.000000",
		"1.500000 NaN NaN 20000 NaN 2 b 1 6 1.000000",
		"NaN true quiet 30000 1s 4 a 1 6 2.000000",
		"NaN true quiet 30000 1s 4 b 1 6 1.000000",
	} {
		if got := strings.Join(df.Records()[row+1][1:11], " "); got != want {
			t.Errorf("row %d: %s, want %s", row, got, want)
		}
	}
	if _, err := time.Parse(time.DateTime, df.Elem(0, 0).String()); err != nil {
		t.Error(err)
	}
	if got := df.Col("verdict").Elem(1).String(); got != "2.00 times as fast (2.00 to 2.00)" {
		t.Errorf("verdict %q", got)
	}
}

func TestParametersKeepEveryDigit(t *testing.T) {
	elsewhere(t)
	for _, p := range []Params{
		{"id": 9007199254740993, "mixed": 9007199254740993, "big": uint64(math.MaxUint64), "float": 1, "huge": 1e20},
		{"id": int64(math.MinInt64), "mixed": 0.5, "big": uint8(1), "float": 0.1, "huge": 0.5},
	} {
		compareFixed("ids", p)
	}
	df := History("ids", "a")
	for name, want := range map[string][]string{
		"id": {"9007199254740993", "-9223372036854775808"}, "mixed": {"9007199254740993", "0.5"},
		"big": {"18446744073709551615", "1"}, "float": {"1", "0.1"}, "huge": {"1e+20", "0.5"},
	} {
		column := df.Col(name)
		for i := range want {
			if got := exact.Text(column.Elem(i)); got != want[i] {
				t.Errorf("%s: run %d has %s, want %s", name, i+1, got, want[i])
			}
		}
	}
}

func TestWithoutRunsTheHistoryHasColumnsAndNoRows(t *testing.T) {
	elsewhere(t)
	if df := History("none"); df.Err != nil || df.Nrow() != 0 || df.Ncol() != 18 {
		t.Errorf("got %v, %v", df, df.Err)
	}
	t.Setenv(historyVariable, "")
	if df := History("none"); df.Err != nil || df.Nrow() != 0 {
		t.Errorf("got %v, %v", df, df.Err)
	}
}

func TestOnlyTheUserCanReadTheFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such modes on Windows")
	}
	dir := elsewhere(t)
	compareFixed("primes", nil)
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, _ error) error {
		info, err := d.Info()
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v, %v", path, info.Mode(), err)
		}
		return nil
	})
}

func TestTheHistoryIsBounded(t *testing.T) {
	dir := elsewhere(t)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	write := func(i int, name string, size int) {
		file := fmt.Sprintf("%019d-%s-0.json", i, keyOf(owner(), name))
		if err := os.WriteFile(filepath.Join(dir, file), make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	count := func() int {
		all, _ := os.ReadDir(dir)
		return len(all)
	}
	for i := range maxRuns + 20 {
		write(i, "primes", 1)
	}
	drop(dir, keyOf(owner(), "primes"))
	if count() != maxRuns {
		t.Errorf("%d runs of one name", count())
	}
	if _, err := os.Stat(filepath.Join(dir, fmt.Sprintf("%019d-%s-0.json", 19, keyOf(owner(), "primes")))); err == nil {
		t.Error("the oldest is still there")
	}
	for i := range maxFiles {
		write(i, fmt.Sprint(i), 1)
	}
	drop(dir, keyOf(owner(), "primes"))
	if count() != maxFiles {
		t.Errorf("%d runs of all names", count())
	}
	for i := range 100 {
		write(5000+i, fmt.Sprint(i), maxRunSize)
	}
	drop(dir, keyOf(owner(), "primes"))
	if n := count(); n != maxBytes/maxRunSize {
		t.Errorf("%d runs of the greatest size", n)
	}
}

func TestHalfWrittenFilesGoWhenTheyAreOld(t *testing.T) {
	dir := elsewhere(t)
	compareFixed("primes", nil)
	old, young := filepath.Join(dir, "1.tmp"), filepath.Join(dir, "2.tmp")
	for _, f := range []string{old, young} {
		if err := os.WriteFile(f, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	before := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(old, before, before); err != nil {
		t.Fatal(err)
	}
	compareFixed("primes", nil)
	if _, err := os.Stat(old); err == nil {
		t.Error("the old one is still there")
	}
	if _, err := os.Stat(young); err != nil {
		t.Error("the other program's was taken away")
	}
}

func TestADamagedFileIsLeftOut(t *testing.T) {
	dir := elsewhere(t)
	compareFixed("primes", nil)
	mine := `{"Owner":` + quoted(owner()) + `,"Name":`
	for i, text := range []string{"", "{", "null", "[]", mine + `"primes"}`, mine + `"other","Time":"2026-01-01T00:00:00Z","Rows":[{}]}`, strings.Repeat("x", maxRunSize+1),
		mine + `"primes","Time":"2026-01-01T00:00:00Z","Rows":[{}]} x`, mine + `"primes","Time":"2026-01-01T00:00:00Z","Rows":[{}]`} {
		file := fmt.Sprintf("%019d-%s-0.json", i, keyOf(owner(), "primes"))
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, fmt.Sprintf("%019d-%s-0.json", 99, keyOf(owner(), "primes"))), 0o700); err != nil {
		t.Fatal(err)
	}
	if df := History("primes"); df.Err != nil || df.Nrow() != 2 {
		t.Errorf("%d rows, %v", df.Nrow(), df.Err)
	}
}

func TestAHistoryThatCannotBeWrittenIsSaidInTheCaption(t *testing.T) {
	dir := elsewhere(t)
	if err := os.WriteFile(dir, nil, 0o600); err != nil { // where the folder should be
		t.Fatal(err)
	}
	c := compareFixed("primes", nil)
	if got := c.Caption(); !strings.Contains(got, "This run is not in the history: ") {
		t.Errorf("got %q", got)
	}
	if got := verdictOf(t, c, "b"); got != "2.00 times as fast (2.00 to 2.00)" {
		t.Errorf("got %q", got)
	}
	c = compareFixed("primes", Params{"long": strings.Repeat("x", maxRunSize)})
	if got := c.Caption(); !strings.Contains(got, "more than the 256 kB of a run") {
		t.Errorf("got %q", got)
	}
}

func TestManyCanWriteAndReadAtOnce(t *testing.T) {
	elsewhere(t)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			c := Comparison{rows: []*row{{Case: Case{Name: "a", Workers: 1}}}}
			c.rows[0].base = c.rows[0]
			for range 15 {
				if err := c.keep("primes", Params{"i": i}); err != nil {
					t.Error(err)
				}
				if df := History("primes"); df.Err != nil || df.Nrow() == 0 || df.Nrow() > maxRuns {
					t.Errorf("%d rows, %v", df.Nrow(), df.Err)
				}
			}
		})
	}
	all.Wait()
	if n := History("primes").Nrow(); n != maxRuns {
		t.Errorf("%d of %d runs are there", n, maxRuns)
	}
}

func TestParametersThatJSONCannotHoldAreKeptAsText(t *testing.T) {
	for want, v := range map[any]any{"NaN": math.NaN(), "[1 2]": []int{1, 2}, "1.5s": 1500 * time.Millisecond, "<nil>": nil, int64(3): uint8(3), 2.5: float32(2.5), "18446744073709551615": uint64(math.MaxUint64), "x": "x"} {
		if got := plainValue(v); got != want {
			t.Errorf("%v became %#v", v, got)
		}
	}
}

func TestRecordWithoutNamesPanics(t *testing.T) {
	for want, f := range map[string]func(){
		"timing: Record: the name must not be empty":     func() { Record("", nil) },
		`timing: Record: a parameter of "x" has no name`: func() { Record("x", Params{"": 1}) },
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("got %v, want %q", got, want)
				}
			}()
			f()
		}()
	}
}

// Whatever is in a file of the history, the frame can be made.
func FuzzHistoryFile(f *testing.F) {
	good, _ := json.Marshal(savedRun{Name: "a", Time: time.Unix(1, 0), Params: Params{"case": 1.5}, Rows: []map[string]any{{"case": "x", "median ms": 1.0}}})
	for _, text := range []string{string(good), "", "{", `{"Name":"a","Time":"2026-01-01T00:00:00Z","Params":{"":null,"time":1e300,"parameter time":[]},"Rows":[null,{"workers":1e300,"rounds":0.5,"speedup":"+Inf"}]}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, ok := parseRun(text)
		if !ok {
			return
		}
		df := historyFrame([]savedRun{r, r})
		least := 18 + len(paramNames([]Params{r.Params}))
		if df.Err != nil || df.Nrow() != 2*len(r.Rows) || len(r.Rows) > 0 && (df.Ncol() < least || df.Ncol() > least+len(columns())-17) {
			t.Errorf("%d rows, %d columns, %v", df.Nrow(), df.Ncol(), df.Err)
		}
	})
}
