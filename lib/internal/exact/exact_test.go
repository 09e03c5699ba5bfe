package exact

import (
	"encoding/csv"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"
)

func read(t *testing.T, df dataframe.DataFrame) [][]string {
	t.Helper()
	var b strings.Builder
	if err := WriteCSV(&b, df); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
	if err != nil {
		t.Fatalf("%v in %q", err, b.String())
	}
	return rows
}

func TestEveryRowComesBackAlsoThoseOfOneMissingValue(t *testing.T) {
	df := dataframe.New(series.New([]string{"NaN", "1", "", "2"}, series.Int, "n")).Rename("", "n")
	want := [][]string{{""}, {""}, {"1"}, {""}, {"2"}}
	if got := read(t, df); !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("read back %q, want %q", got, want)
	}
}

func TestNumbersComeBackAsTheyAreAndColumnsUnderTheirNames(t *testing.T) {
	df := dataframe.New(
		series.New([]int{math.MaxInt64, math.MinInt64}, series.Int, "id"),
		series.New([]float64{9007199254740993, 5e-324}, series.Float, "v"),
		series.New([]string{"a\nb", `"`}, series.String, "a|b\n\tc"),
	).Rename("id", "v")
	want := [][]string{{"id", "id", "a|b\n\tc"}, {"9223372036854775807", "9.007199254740992e+15", "a\nb"}, {"-9223372036854775808", "5e-324", `"`}}
	if got := read(t, df); !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("read back %q, want %q", got, want)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestAFullDiskIsAnErrorAlsoForOneEmptyField(t *testing.T) {
	for _, column := range []series.Series{series.New([]string{"NaN"}, series.Int, "n"), series.New([]string{strings.Repeat("x", 1<<16), "NaN"}, series.String, "n")} {
		if err := WriteCSV(full{}, dataframe.New(column)); err == nil {
			t.Error("no error")
		}
	}
}
