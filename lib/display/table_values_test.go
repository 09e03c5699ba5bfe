package display

import (
	"html"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"

	"multiprocessing/lib/display/monospace"
)

var (
	rowTag  = regexp.MustCompile(`(?s)<tr[^>]*>(.*?)</tr>`)
	cellTag = regexp.MustCompile(`(?s)<t[dh][^>]*>(.*?)</t[dh]>`)
	anyTag  = regexp.MustCompile(`<[^>]*>`)
)

// shownInHTML returns the cells of the table in HTML, row by row.
func shownInHTML(df dataframe.DataFrame) [][]string {
	var rows [][]string
	for _, row := range rowTag.FindAllStringSubmatch(tableHTML(df, settings{rows: 20}), -1) {
		var cells []string
		for _, cell := range cellTag.FindAllStringSubmatch(row[1], -1) {
			text := html.UnescapeString(anyTag.ReplaceAllString(strings.ReplaceAll(cell[1], "<br>", " "), ""))
			cells = append(cells, strings.TrimRight(text, "\u2007\u2008"))
		}
		rows = append(rows, cells)
	}
	return rows
}

// wantShown checks the rows of df, the names first, in HTML and in text.
func wantShown(t *testing.T, df dataframe.DataFrame, want ...[]string) {
	t.Helper()
	if got := shownInHTML(df); !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("the HTML has\n%q, want\n%q", got, want)
	}
	var got []string
	for line := range strings.Lines(tableText(df, settings{rows: 20})) {
		got = append(got, strings.Join(strings.Fields(line), " "))
	}
	for i, row := range want {
		if i >= len(got) || got[i] != strings.Join(strings.Fields(strings.Join(row, " ")), " ") {
			t.Fatalf("the text has\n%q, want\n%q", got, want)
		}
	}
}

func TestEveryDigitOfAnIntegerIsShown(t *testing.T) {
	ids := series.New([]int{1, 12345, 9007199254740993, math.MaxInt64, math.MinInt64, -9007199254740993, 0}, series.Int, "id")
	ids.Append([]string{"NaN"})
	df := dataframe.New(ids)
	wantShown(t, df, []string{"id"}, []string{"1"}, []string{"12,345"}, []string{"9,007,199,254,740,993"},
		[]string{"9,223,372,036,854,775,807"}, []string{"-9,223,372,036,854,775,808"}, []string{"-9,007,199,254,740,993"}, []string{"0"}, []string{"–"})
	if got, want := tableCSV(df), "id\n1\n12345\n9007199254740993\n9223372036854775807\n-9223372036854775808\n-9007199254740993\n0\n\"\"\n"; got != want {
		t.Errorf("the CSV is %q, want %q", got, want)
	}
}

func TestWholeFloatsHaveAllDigitsThatAreExact(t *testing.T) {
	df := dataframe.New(series.New([]float64{9007199254740991, 9007199254740990, 1234567, 3, math.Copysign(0, -1), 1 << 53, 1e300, math.Inf(1), nan}, series.Float, "id"))
	wantShown(t, df, []string{"id"}, []string{"9,007,199,254,740,991"}, []string{"9,007,199,254,740,990"}, []string{"1,234,567"}, []string{"3"}, []string{"0"},
		[]string{"9.01e+15"}, []string{"1.00e+300"}, []string{"∞"}, []string{"–"})
}

func TestEachOfTwoColumnsOfTheSameNameShowsItsOwnValues(t *testing.T) {
	df := dataframe.New(series.New([]int{1, 2}, series.Int, "a"), series.New([]int{3, 4}, series.Int, "b")).Rename("a", "b")
	wantShown(t, df, []string{"a", "a"}, []string{"1", "3"}, []string{"2", "4"})
	if got, want := tableCSV(df), "a,a\n1,3\n2,4\n"; got != want {
		t.Errorf("the CSV is %q, want %q", got, want)
	}
	df = dataframe.New(
		series.New([]int{1, 2}, series.Int, "i"),
		series.New([]string{"a", "b"}, series.String, "s"),
		series.New([]float64{0.5, 0.25}, series.Float, "f"),
		series.New([]bool{true, false}, series.Bool, "b"))
	if err := df.SetNames("n", "n", "n", ""); err != nil {
		t.Fatal(err)
	}
	wantShown(t, df, []string{"n", "n", "n", ""}, []string{"1", "a", "0.500", "true"}, []string{"2", "b", "0.250", "false"})
	if got, want := tableCSV(df), "n,n,n,\n1,a,0.5,true\n2,b,0.25,false\n"; got != want {
		t.Errorf("the CSV is %q, want %q", got, want)
	}
}

func TestOnlyTakesTheIntervalBehindItsColumnAndNoOtherOfThatName(t *testing.T) {
	of := func(v float64, name string) series.Series { return series.New([]float64{v}, series.Float, name) }
	df := dataframe.New(of(10, "work ms"), of(9, "l"), of(11, "h"), of(30, "wait ms"), of(29, "low ms"), of(31, "high ms"), of(1, "a"))
	if err := df.SetNames("work ms", "low ms", "high ms", "wait ms", "low ms", "high ms", "a"); err != nil {
		t.Fatal(err)
	}
	got := pick(df, chosen(df.Names(), []string{"a", "wait ms", "work ms"}))
	wantShown := [][]string{{"a", "wait ms low to high", "work ms low to high"}, {"1", "30 29 to 31", "10 9 to 11"}}
	if rows := shownInHTML(got); !slices.EqualFunc(rows, wantShown, slices.Equal) {
		t.Errorf("shows %q, want %q", rows, wantShown)
	}
	if csv, want := tableCSV(got), "a,wait ms,low ms,high ms,work ms,low ms,high ms\n1,30,29,31,10,9,11\n"; csv != want {
		t.Errorf("the CSV is %q, want %q", csv, want)
	}
	defer func() {
		if said, want := recover(), `display: Table: Only: the data frame has two columns "low ms"; give each its own name`; said != want {
			t.Errorf("panic %v, want %q", said, want)
		}
	}()
	Table(df, Only("low ms"))
}

func TestAnIntervalStandsBelowNoNumberButItsOwn(t *testing.T) {
	df := dataframe.New(
		series.New([]int{2}, series.Int, "workers"),
		series.New([]float64{1.5}, series.Float, "low ms"),
		series.New([]float64{2.5}, series.Float, "high ms"),
		series.New([]float64{3}, series.Float, "speedup"),
		series.New([]float64{2}, series.Float, "efficiency low"),
		series.New([]float64{4}, series.Float, "efficiency high"),
		series.New([]float64{7}, series.Float, "value"),
		series.New([]float64{6}, series.Float, "low"),
		series.New([]float64{8}, series.Float, "high"),
	)
	want := [][]string{
		{"workers", "low ms", "high ms", "speedup", "efficiency low", "efficiency high", "value low to high"},
		{"2", "1.50", "2.50", "3", "2", "4", "7 6 to 8"},
	}
	if got := shownInHTML(df); !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("shows %q, want %q", got, want)
	}
}

// odd are texts that could break a table, each with how it is shown.
var odd = map[string]string{
	"two\nlines":           "two lines",
	"a\tb":                 "a b",
	"a|b":                  "a|b",
	`<b>&"'`:               `<b>&"'`,
	"\x1b[31mred":          `\x1b[31mred`,
	"1\u202e23":            `1\u202e23`,
	"caf\xe9":              "caf\uFFFD",
	"東京":                   "東京",
	"👩\u200d🚀 e\u0301":     "👩\u200d🚀 e\u0301",
	"a\u200bb":             "a\u200bb",
	"한국어, भारत, עברית":     "한국어, भारत, עברית",
	"ﬁle\u00a0name\u2028x": "ﬁle name x",
}

func TestOddNamesAndValuesAreShownInTheirPlace(t *testing.T) {
	for text, shown := range odd {
		df := dataframe.New(
			series.New([]string{text, "b"}, series.String, text),
			series.New([]int{1, 20000}, series.Int, "n "+text),
			series.New([]bool{true, false}, series.Bool, "end"),
		)
		want := [][]string{{shown, "n " + shown, "end"}, {shown, "1", "true"}, {"b", "20,000", "false"}}
		if got := shownInHTML(df); !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%+q: the HTML has %q, want %q", text, got, want)
		}
		lines := strings.Split(strings.TrimSuffix(tableText(df, settings{rows: 20}), "\n"), "\n")
		if len(lines) != 3 {
			t.Fatalf("%+q: the text has %d lines: %q", text, len(lines), lines)
		}
		for i, last := range []string{"end", "true", "false"} {
			before, found := strings.CutSuffix(lines[i], last)
			if head := strings.TrimSuffix(lines[0], "end"); !found || monospace.Width(before) != monospace.Width(head) {
				t.Errorf("%+q: in the text the last column does not begin at the same place:\n%s", text, strings.Join(lines, "\n"))
			}
		}
	}
}
