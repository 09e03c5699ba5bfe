package timing

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"
)

func exported() dataframe.DataFrame {
	return dataframe.New(
		series.New([]string{"a,\"b\"", "NaN"}, series.String, "case"),
		series.New([]float64{1.0 / 3, math.NaN()}, series.Float, "median ms"),
		series.New([]float64{1e-9, math.Inf(1)}, series.Float, "low"),
		series.New([]int{7, 8}, series.Int, "n"),
		series.New([]bool{true, false}, series.Bool, "ok"),
	)
}

func TestNumbersAreExactInCSVAndJSON(t *testing.T) {
	var csv, js strings.Builder
	if err := errors.Join(WriteCSV(&csv, exported()), WriteJSON(&js, exported())); err != nil {
		t.Fatal(err)
	}
	want := "case,median ms,low,n,ok\n\"a,\"\"b\"\"\",0.3333333333333333,1e-09,7,true\n,,+Inf,8,false\n"
	if csv.String() != want {
		t.Errorf("got\n%s", csv.String())
	}
	want = "[\n" +
		`  {"case": "a,\"b\"", "median ms": 0.3333333333333333, "low": 1e-09, "n": 7, "ok": true},` + "\n" +
		`  {"case": null, "median ms": null, "low": "+Inf", "n": 8, "ok": false}` + "\n]\n"
	if js.String() != want {
		t.Errorf("got\n%s", js.String())
	}
}

func TestAFrameWithAnErrorIsNotWritten(t *testing.T) {
	bad := exported().Select([]string{"no such"})
	for _, err := range []error{WriteCSV(&strings.Builder{}, bad), WriteJSON(&strings.Builder{}, bad)} {
		if err == nil || !strings.Contains(err.Error(), "carries an error") {
			t.Errorf("got %v", err)
		}
	}
}

func TestJSONRefusesTwoColumnsOfTheSameName(t *testing.T) {
	err := WriteJSON(&strings.Builder{}, exported().Rename("low", "median ms"))
	if want := `writing JSON: the data frame has two columns "low"; give each its own name`; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestAFullDiskIsAnError(t *testing.T) {
	for _, err := range []error{WriteCSV(full{}, exported()), WriteJSON(full{}, exported())} {
		if err == nil || !strings.HasSuffix(err.Error(), "no space left") {
			t.Errorf("got %v", err)
		}
	}
}

// What is written reads back as the same numbers, whatever they are.
func FuzzExport(f *testing.F) {
	f.Add("a", 0.1, 3)
	f.Add("<\"\x00,\n", math.Inf(-1), -1)
	f.Fuzz(func(t *testing.T, text string, v float64, n int) {
		df := dataframe.New(series.New([]string{text}, series.String, text+"c"), series.New([]float64{v}, series.Float, "v"), series.New([]int{n}, series.Int, "n"))
		if df.Err != nil {
			t.Skip()
		}
		var b strings.Builder
		if err := WriteJSON(&b, df); err != nil {
			t.Fatal(err)
		}
		var rows []map[string]any
		if err := json.Unmarshal([]byte(b.String()), &rows); err != nil {
			t.Fatalf("%v in %s", err, b.String())
		}
		if got := rows[0]["v"]; got != v && !math.IsNaN(v) && !math.IsInf(v, 0) {
			t.Errorf("%v became %v", v, got)
		}
		b.Reset()
		if err := WriteCSV(&b, df); err != nil {
			t.Fatal(err)
		}
	})
}
