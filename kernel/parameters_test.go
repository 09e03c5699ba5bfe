package main

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"multiprocessing/kernel/coursebook"
	"multiprocessing/kernel/internal/jupyter"
	"multiprocessing/kernel/internal/setup"
)

// tag gives a cell of a notebook a tag.
func tag(t *testing.T, path string, cell int, name string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var book map[string]any
	if err := json.Unmarshal(content, &book); err != nil {
		t.Fatal(err)
	}
	book["cells"].([]any)[cell].(map[string]any)["metadata"] = map[string]any{"tags": []string{name}}
	if content, err = json.Marshal(book); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// parameterized writes a notebook whose first cell declares parameters.
func parameterized(t *testing.T, cells ...string) string {
	t.Helper()
	return tag(t, notebook(t, cells...), 0, "parameters")
}

// papermill runs papermill's own command line.
func papermill(t *testing.T, args ...string) result {
	t.Helper()
	env := setUp(t)
	cmd := exec.CommandContext(t.Context(), filepath.Join(filepath.Dir(env.VenvPython()), "papermill"), args...)
	cmd.Env = append(setup.WithoutPythonSettings(os.Environ()), "JUPYTER_DATA_DIR="+env.Data(), "TMPDIR="+t.TempDir())
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// every declares a parameter of each type, and everyPrint shows what they are.
const (
	every = `var start = 20000 // the first; 100 to 200000
var share = 0.5 // how much
var exact float32 = 1
var name = "x" // any text
var deep = true
var pause = 2 * time.Second // between two; 1ms to 1m
var sizes = []int{1}
var costs = map[string]float64{}
var free = max(1, 2) // of a type that only the compiler knows`

	everyPrint = `%%
fmt.Printf("%#v %T %v %v %q %v %v %v %v %T %v\n", start, share, share, exact, name, deep, pause, sizes, costs, free, free)`
)

// odd is text that GoNB, Go, YAML or a shell could take for something else.
const odd = "%%\n!ls\npackage x\n`\"\\ \x01 é\U0001f600\u2028 $(x) {y} 'z'; os.Exit(1)"

func TestTheSameParametersGiveTheSameInBothCommands(t *testing.T) {
	t.Parallel()
	source := parameterized(t, every, everyPrint)
	folder := t.TempDir()
	ours, theirs := filepath.Join(folder, "{ours}.ipynb"), filepath.Join(folder, "theirs.ipynb")
	quoted, err := json.Marshal(odd)
	if err != nil {
		t.Fatal(err)
	}
	r := kernel(t, nil, "run", source, "-o", ours, "-p", "start=30000", "-p", "share=NaN", "-p", "exact=-inf", "-p", "name="+string(quoted),
		"-p", "deep=false", "-p", "pause=1.5s", "-p", "sizes=[3,4]", "-p", `costs={"a,b":1}`, "-p", "free=2.5")
	if r.code != 0 {
		t.Fatalf("exit status %d, %s", r.code, r.stderr)
	}
	r = papermill(t, source, theirs, "-p", "start", "30000", "-p", "share", "nan", "-p", "exact", "-inf", "-r", "name", odd,
		"-p", "deep", "False", "-p", "pause", "1.5s", "-y", `{sizes: [3, 4], costs: {"a,b": 1}, free: 2.5}`)
	if r.code != 0 {
		t.Fatalf("exit status %d, %s", r.code, r.stderr)
	}
	want := strings.ReplaceAll(`30000 float64 NaN -Inf ODD false 1.5s [3 4] map[a,b:1] float64 2.5`, "ODD",
		`"%%\n!ls\npackage x\n`+"`"+`\"\\ \x01 é😀\u2028 $(x) {y} 'z'; os.Exit(1)"`) + "\n"
	for _, path := range []string{ours, theirs} {
		if got := stdout(t, path); got[2] != want {
			t.Errorf("%s printed\n%s, want\n%s", filepath.Base(path), got[2], want)
		}
	}
}

// The package's own tests have every type; here it is that both commands refuse, in time.
func TestWhatTheParametersDoNotTakeIsRefusedBeforeAnythingRuns(t *testing.T) {
	t.Parallel()
	source := parameterized(t, every, "%%\nos.WriteFile(\"ran\", nil, 0o600)")
	for _, test := range []struct {
		parameter string
		want      []string
	}{
		{"strat=1", []string{`"strat": not declared`, "did you mean start?"}},
		{"x = 1; var y=1", []string{"not declared"}},
		{"start", []string{"want name=value"}},
		{"start=os.Exit(1)", []string{"parameter start: want a whole number (int), got \"os.Exit(1)\""}},
		{"start=30000,99", []string{"parameter start: want 100 to 200000, got 99"}},
		{"name=[a", []string{"parameter \"name\"", "put such text in quotes"}},
		{"sizes=[1,\"a\"]", []string{"parameter sizes: want a whole number (int), got \"a\""}},
	} {
		kernel(t, nil, "run", source, "-p", test.parameter).wantError(t, append(test.want, "--list-parameters")...)
	}
	for name, value := range map[string]string{"strat": "1", "start": "os.Exit(1)"} {
		out := filepath.Join(t.TempDir(), "out.ipynb")
		r := papermill(t, source, out, "-p", name, value)
		if _, err := os.Stat(out); r.code != 1 || !strings.Contains(r.stderr, name) || err == nil {
			t.Errorf("papermill -p %s %s: exit status %d, output made: %v, %s", name, value, r.code, err == nil, r.stderr)
		}
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(source), "ran")); err == nil {
		t.Error("a cell ran")
	}
}

func TestParametersAreListed(t *testing.T) {
	t.Parallel()
	source := parameterized(t, every)
	bare := notebook(t, "%%\nfmt.Println(1)")
	r := kernel(t, nil, "run", "--list-parameters", source, bare)
	want := source + `
  NAME   TYPE                DEFAULT               LIMITS         COMMENT
  start  int                 20000                 100 to 200000  the first; 100 to 200000
  share  float64             0.5                   -              how much
  exact  float32             1                     -
  name   string              "x"                   -              any text
  deep   bool                true                  -
  pause  time.Duration       2 * time.Second       1ms to 1m      between two; 1ms to 1m
  sizes  []int               []int{1}              -
  costs  map[string]float64  map[string]float64{}  -
  free   -                   max(1, 2)             -              of a type that only the compiler knows

` + bare + " has no parameters\n"
	if r.code != 0 || r.stdout != want {
		t.Errorf("exit status %d, %s, got\n%s", r.code, r.stderr, r.stdout)
	}
	r = papermill(t, "--help-notebook", source)
	for _, want := range []string{"start: int (default 20000)", "the first; 100 to 200000", "sizes: []int (default []int{1})"} {
		if r.code != 0 || !strings.Contains(r.stdout, want) {
			t.Errorf("papermill --help-notebook: exit status %d, %q is not in\n%s", r.code, want, r.stdout)
		}
	}
}

func TestSeveralValuesRunEachAndTheTablesBecomeOne(t *testing.T) {
	t.Parallel()
	swept := parameterized(t, "var workers = 2 // how many; 1 to 8\nvar who = \"x\"", `import (
	"github.com/go-gota/gota/dataframe"
	"github.com/go-gota/gota/series"
	"multiprocessing/lib/display"
)
%%
if workers == 2 {
	panic("two are too many")
}
display.Table(dataframe.New(
	series.New([]string{who, "b"}, series.String, "case"),
	series.New([]float64{1 / 3.0, 1e-9}, series.Float, "median ms"),
	series.New([]int{workers, 7}, series.Int, "workers")))`)
	other := tag(t, notebook(t, "var tasks = 4", "%%\nfmt.Println(tasks)"), 0, "parameters")
	if err := os.Rename(other, filepath.Join(filepath.Dir(other), "other.ipynb")); err != nil {
		t.Fatal(err)
	}
	other = filepath.Join(filepath.Dir(other), "other.ipynb")
	out := filepath.Join(t.TempDir(), "out")
	r := kernel(t, nil, "run", "-v", swept, other, "-p", "workers=1,2,3", "-p", `who="a, b"`, "-o", out)
	if r.code != 1 || strings.Count(r.stdout, "ok     ") != 3 || !strings.Contains(r.stderr, swept+" (workers=2): cell 2 (In [3]): panic: two are too many\n") {
		t.Errorf("exit status %d, want 1: three runs went well and one did not\n%s%s", r.code, r.stdout, r.stderr)
	}
	if !strings.Contains(r.stderr, "notebook.ipynb (workers=1): cell 2 of 2 ... ") {
		t.Errorf("no progress a cell in %q", r.stderr)
	}
	for _, name := range []string{"notebook-workers=1.ipynb", "notebook-workers=2.ipynb", "notebook-workers=3.ipynb", "other.ipynb"} {
		if _, err := coursebook.Read(filepath.Join(out, name)); err != nil {
			t.Error(err)
		}
	}
	file, err := os.Open(filepath.Join(out, "tables.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	got, err := csv.NewReader(file).ReadAll()
	want := [][]string{
		{"workers", "who", "notebook", "table", "case", "median ms", "workers (table)"},
		{"1", "a, b", "notebook.ipynb", "1", "a, b", "0.3333333333333333", "1"},
		{"1", "a, b", "notebook.ipynb", "1", "b", "1e-09", "7"},
		{"3", "a, b", "notebook.ipynb", "1", "a, b", "0.3333333333333333", "3"},
		{"3", "a, b", "notebook.ipynb", "1", "b", "1e-09", "7"},
	}
	if err != nil || !slices.EqualFunc(got, want, slices.Equal[[]string]) {
		t.Errorf("tables.csv holds %q, %v, want %q", got, err, want)
	}
	if !strings.Contains(r.stdout, "  workers  who   case  median ms  workers (table)\n  1        a, b  a, b  0.3333     1\n") {
		t.Errorf("the tables are not printed as one:\n%s", r.stdout)
	}
}

func TestColumnsOfTheCollectedTableHaveNamesOfTheirOwn(t *testing.T) {
	one := run{notebook: "x/n.ipynb", values: jupyter.Values{List: []jupyter.Value{{Name: "workers", Text: "1"}, {Name: "table", Text: "2"}}}}
	columns := []string{"notebook", "table", "workers", "workers (table)", "ms"}
	collected := tables{list: []table{{one, 3, columns, [][]string{{"a", "b", "c", "d", "e"}}}}}
	var got strings.Builder
	if err := collected.writeCSV(&got); err != nil {
		t.Fatal(err)
	}
	want := "workers,table (parameter),notebook,table,notebook (table),table (table),workers (table),workers (table) (table),ms\n" +
		"1,2,n.ipynb,3,a,b,c,d,e\n"
	if got.String() != want {
		t.Errorf("got\n%s, want\n%s", got.String(), want)
	}
}

func TestColumnsOfTheSameNameStayApartInTheCollectedTable(t *testing.T) {
	book := `{"cells": [{"cell_type": "code", "source": "", "outputs": [{"output_type": "display_data", "data": {"text/csv": "n,n,n (2),\n1,2,3,4\n"}}]}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}`
	path := filepath.Join(t.TempDir(), "n.ipynb")
	if err := os.WriteFile(path, []byte(book), 0o600); err != nil {
		t.Fatal(err)
	}
	collected := tables{wanted: true}
	collected.add(run{notebook: "n.ipynb"}, path)
	var got strings.Builder
	if err := collected.writeCSV(&got); err != nil {
		t.Fatal(err)
	}
	if want := "notebook,table,n,n (3),n (2),\nn.ipynb,1,1,2,3,4\n"; got.String() != want {
		t.Errorf("got\n%s, want\n%s", got.String(), want)
	}
}

func TestTablesOfEarlierRunsAreNotCollected(t *testing.T) {
	const table = `{"output_type": "display_data", "data": {"text/csv": "n\n%s\n"}}`
	cell := func(tags, n string) string {
		return `{"cell_type": "code", "source": "", "metadata": {"tags": [` + tags + `]}, "outputs": [` + strings.Replace(table, "%s", n, 1) + `]}`
	}
	path := filepath.Join(t.TempDir(), "n.ipynb")
	put(t, path, `{"cells": [`+cell("", "1")+`, `+cell(`"slide-2", "history"`, "2")+`, `+cell("", "3")+`], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}`)
	collected := tables{wanted: true}
	collected.add(run{notebook: "n.ipynb"}, path)
	var got strings.Builder
	if err := collected.writeCSV(&got); err != nil {
		t.Fatal(err)
	}
	if want := "notebook,table,n\nn.ipynb,1,1\nn.ipynb,3,3\n"; got.String() != want {
		t.Errorf("got\n%s, want\n%s", got.String(), want)
	}
}

func TestTheCollectedTableIsPrintedInColumnsAndItsIntegersInFull(t *testing.T) {
	one := run{notebook: "n.ipynb"}
	collected := tables{list: []table{{one, 1, []string{"city", "id", "ms", "commit", "end"}, [][]string{
		{"東京", "9007199254740993", "1.234567e+06", "1e5", "x"},
		{"👩\u200d🚀\nBerlin", "9007199254740992", "0.333333333", "1.26000", "y"},
		{"e\u0301", "", "1.2345678e+20", "", ""},
		{"\x1b[2J", "-1", "+Inf", "", "z"},
	}}}}
	var got strings.Builder
	if err := collected.print(&got); err != nil {
		t.Fatal(err)
	}
	want := `
n.ipynb, table 1
  city       id                ms         commit   end
  東京       9007199254740993  1234567    1e5      x
  👩‍🚀 Berlin  9007199254740992  0.3333     1.26000  y
  é                            1.235e+20
  \x1b[2J    -1                +Inf                z
`
	if got.String() != strings.Replace(want, "é", "e\u0301", 1) {
		t.Errorf("got%s, want%s", got.String(), want)
	}
}

func TestSeveralValuesNeedPlacesForTheirOutputs(t *testing.T) {
	t.Parallel()
	source := parameterized(t, "var n = 2")
	out := filepath.Join(t.TempDir(), "out.ipynb")
	kernel(t, nil, "run", source, "-p", "n=1,2", "-o", out).wantError(t, "is a file", "give a folder for 2")
	kernel(t, nil, "run", source, "-p", "n=1,2", "--in-place").wantError(t, "--in-place keeps one run", "--output")
}

func TestOutputNamesAreSafeAndTheirOwn(t *testing.T) {
	value := func(text string) jupyter.Values {
		return jupyter.Values{List: []jupyter.Value{{Name: "fixed", Text: "1"}, {Name: "s", Text: text}}}
	}
	long := strings.Repeat("é/", 200)
	plan := jupyter.Plan{Runs: []jupyter.Values{value("a/b"), value("a:b"), value("A?b"), value("../x"), value(long), value("")}}
	var got []string
	for _, one := range runsOf([]string{"x/n.ipynb"}, []jupyter.Plan{plan}) {
		got = append(got, one.file)
	}
	want := []string{"n-s=a_b.ipynb", "n-s=a_b-2.ipynb", "n-s=A_b-3.ipynb", "n-s=.._x.ipynb", "n-s=" + strings.Repeat("_", 98) + ".ipynb", "n-s=.ipynb"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestACellThatShouldFailMay(t *testing.T) {
	t.Parallel()
	source := tag(t, notebook(t, "%%\npanic(\"wanted\")", "%%\nfmt.Println(\"after\")"), 0, "raises-exception")
	folder := t.TempDir()
	ours, theirs := filepath.Join(folder, "ours.ipynb"), filepath.Join(folder, "theirs.ipynb")
	if r := kernel(t, nil, "run", source, "-o", ours); r.code != 0 {
		t.Errorf("exit status %d, %s", r.code, r.stderr)
	}
	if r := papermill(t, source, theirs); r.code != 0 {
		t.Errorf("papermill: exit status %d, %s", r.code, r.stderr)
	}
	for _, path := range []string{ours, theirs} {
		book, err := coursebook.Read(path)
		if err != nil || book.Cells[0].ErrorName() == "" || book.Cells[1].Stdout() != "after\n" {
			t.Errorf("%s: %v, want the error in the first cell and the second one run: %+v", path, err, book.Cells)
		}
	}
}

func TestACellThatShouldFailMust(t *testing.T) {
	t.Parallel()
	source := tag(t, notebook(t, "%%\nfmt.Println(1)"), 0, "raises-exception")
	kernel(t, nil, "run", source).wantError(t, source+": cell 1 (In [1])", "raises-exception and did not fail")
}

func TestACellThatTakesTooLongIsMarkedAndThoseBehindItDidNotRun(t *testing.T) {
	t.Parallel()
	source := tag(t, notebook(t, "!echo begun; sleep 3600", "%%\nfmt.Println(2)"), 0, "raises-exception")
	out := filepath.Join(t.TempDir(), "out.ipynb")
	kernel(t, nil, "run", source, "--timeout", "2s", "-o", out).wantError(t, source+": cell 1", "took longer than 2s", "--timeout")
	book, err := coursebook.Read(out)
	if err != nil {
		t.Fatal(err)
	}
	var marks int
	for _, cell := range book.Cells {
		if cell.Added() {
			marks++
		}
	}
	if slow := book.Cells[marks]; marks != 2 || !slow.Metadata.Papermill.Exception || slow.Stdout() != "begun\n" {
		t.Errorf("%d marks, and the cell is %+v; want papermill's two, and what the cell had printed", marks, slow)
	}
}

func TestAnOutputThatCannotBeWrittenIsAClearError(t *testing.T) {
	t.Parallel()
	source := notebook(t, "%%\nfmt.Println(1)")
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	kernel(t, nil, "run", source, "-o", filepath.Join(file, "out.ipynb")).wantError(t, "cannot write "+filepath.Join(file, "out.ipynb"), "--output")
	folder := filepath.Join(t.TempDir(), "out.ipynb")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	kernel(t, nil, "run", source, "-o", folder).wantError(t, "cannot write "+folder, "--output")
	if runtime.GOOS != "linux" {
		t.Skip("needs /dev/full")
	}
	full := filepath.Join(t.TempDir(), "out.ipynb")
	if err := os.Symlink("/dev/full", full); err != nil {
		t.Fatal(err)
	}
	kernel(t, nil, "run", source, "-o", full).wantError(t, "no space left on device", "--output")
}
