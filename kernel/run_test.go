package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/mod/modfile"

	"multiprocessing/kernel/coursebook"
)

// notebook writes a notebook of code cells and returns its path.
func notebook(t *testing.T, cells ...string) string {
	t.Helper()
	book := map[string]any{
		"metadata": map[string]any{"kernelspec": map[string]string{"name": "gonb", "display_name": "Go (gonb)", "language": "go"}},
		"nbformat": 4, "nbformat_minor": 5,
	}
	var list []any
	for i, source := range cells {
		list = append(list, map[string]any{
			"cell_type": "code", "id": fmt.Sprintf("cell-%d", i), "metadata": map[string]any{},
			"source": source, "outputs": []any{}, "execution_count": nil,
		})
	}
	book["cells"] = list
	content, err := json.Marshal(book)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "notebook.ipynb")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// stdout returns what the cells of an executed notebook printed, a string a cell.
func stdout(t *testing.T, path string) []string {
	t.Helper()
	book, err := coursebook.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, cell := range book.Cells {
		texts = append(texts, cell.Stdout())
	}
	return texts
}

func TestRunWritesTheExecutedNotebook(t *testing.T) {
	t.Parallel()
	source := notebook(t, "var n = 20000", "%%\nfmt.Println(primes.Nth(n))")
	out := filepath.Join(t.TempDir(), "new", "out.ipynb")
	if r := kernel(t, nil, "run", source, "-o", out); r.code != 0 || !strings.HasPrefix(r.stdout, "ok ") {
		t.Fatalf("exit status %d, %q, %q", r.code, r.stdout, r.stderr)
	}
	if got := stdout(t, out); got[1] != "224737\n" {
		t.Errorf("the cell printed %q, want 224737", got[1])
	}
}

func TestAVerboseRunSaysWhichCellRuns(t *testing.T) {
	t.Parallel()
	r := kernel(t, nil, "run", "-v", notebook(t, "%%\nfmt.Println(1)", "%%\nfmt.Println(2)"))
	if want := regexp.MustCompile(`^notebook\.ipynb: cell 1 of 2 \.\.\. \d+\.\d s\nnotebook\.ipynb: cell 2 of 2 \.\.\. \d+\.\d s\n$`); r.code != 0 || !want.MatchString(r.stderr) {
		t.Errorf("exit status %d, it says %q", r.code, r.stderr)
	}
}

func TestRunInPlaceKeepsTheNotebookCanonical(t *testing.T) {
	t.Parallel()
	path := notebook(t, "%%\nfmt.Println(1 < 2)")
	link := filepath.Join(t.TempDir(), "link.ipynb")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if r := kernel(t, nil, "run", "--in-place", link); r.code != 0 {
		t.Fatalf("exit status %d, %q", r.code, r.stderr)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the notebook's mode: %v, %v; want it private, as before", info, err)
	}
	if names := append(namesIn(t, filepath.Dir(path)), namesIn(t, filepath.Dir(link))...); len(names) != 2 {
		t.Errorf("beside notebook and link: %q", names)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(content), "papermill") || !strings.Contains(string(content), "fmt.Println(1 < 2)") {
		t.Errorf("notes of papermill, or an escaped '<', in\n%s", content)
	}
	if got := stdout(t, path); got[0] != "true\n" {
		t.Errorf("the cell printed %q, want true", got[0])
	}
}

func TestAFailedRunInPlaceLeavesTheNotebookAlone(t *testing.T) {
	t.Parallel()
	path := notebook(t, "%%\nfmt.Println(1)", "%%\npanic(\"lost\")")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r := kernel(t, nil, "run", "--in-place", path)
	if after, err := os.ReadFile(path); r.code != 1 || err != nil || string(after) != string(before) {
		t.Errorf("exit status %d, notebook changed %v, %v", r.code, string(after) != string(before), err)
	}
	kept := strings.TrimSuffix(path, ".ipynb") + ".failed.ipynb"
	if got := stdout(t, kept); !strings.Contains(strings.Join(got, ""), "1\n") || !strings.Contains(r.stderr, "what was executed is in "+kept) {
		t.Errorf("what was executed is not kept, or it is not said where: %q, %q", got, r.stderr)
	}
}

func TestRunsInPlaceDoNotWriteToFilesOfTheReaderOrOfEachOther(t *testing.T) {
	t.Parallel()
	path := notebook(t, "%%\npanic(\"lost\")")
	precious, failed := filepath.Join(t.TempDir(), "precious"), strings.TrimSuffix(path, ".ipynb")+".failed"
	missing := filepath.Join(filepath.Dir(precious), "missing")
	if err := errors.Join(os.WriteFile(precious, []byte("precious"), 0o644), os.Symlink(precious, failed+".ipynb"), os.Symlink(missing, failed+"-2.ipynb")); err != nil {
		t.Fatal(err)
	}
	var runs sync.WaitGroup
	for range 2 {
		runs.Go(func() {
			if r := kernel(t, nil, "run", "--in-place", path); r.code != 1 || !strings.Contains(r.stderr, "panic: lost; what was executed is in "+failed) {
				t.Errorf("exit status %d, %q", r.code, r.stderr)
			}
		})
	}
	runs.Wait()
	info, err := os.Stat(precious)
	if content, _ := os.ReadFile(precious); err != nil || string(content) != "precious" || info.Mode().Perm() != 0o644 {
		t.Errorf("the reader's file holds %q, %v, %v", content, info, err)
	}
	if names := namesIn(t, filepath.Dir(precious)); len(names) != 1 {
		t.Errorf("beside the reader's file: %q", names)
	}
	for _, end := range []string{"-3.ipynb", "-4.ipynb"} { // two runs, two files
		stdout(t, failed+end)
	}
}

func TestOnlyARegularFileIsRun(t *testing.T) {
	t.Parallel()
	good, pipe := notebook(t, "%%\nfmt.Println(1)"), filepath.Join(t.TempDir(), "pipe.ipynb")
	link := filepath.Join(filepath.Dir(pipe), "link.ipynb")
	if err := errors.Join(syscall.Mkfifo(pipe, 0o600), os.Symlink(pipe, link)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, link, "/dev/stdin", os.DevNull, "/dev/zero", filepath.Dir(pipe)} {
		r := kernel(t, nil, "run", good, path)
		if r.wantError(t, "run: "+path+" is not a regular file"); r.stdout != "" {
			t.Errorf("%s: a notebook ran: %q", path, r.stdout)
		}
	}
}

func TestANotebookIsNotOverwrittenByItsOutput(t *testing.T) {
	t.Parallel()
	source := tag(t, notebook(t, "var n = 1", "%%\nos.WriteFile(\"ran\", nil, 0o600)\npanic(1)"), 0, "parameters")
	folder := filepath.Dir(source)
	linked, link := filepath.Join(t.TempDir(), "linked"), filepath.Join(t.TempDir(), "link.ipynb")
	if err := errors.Join(os.Symlink(folder, linked), os.Symlink(source, link)); err != nil {
		t.Fatal(err)
	}
	sweep := filepath.Join(folder, "notebook-n=2.ipynb")
	content, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(sweep, content, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{source, "-o", folder}, {source, "-o", linked}, {source, "-o", source}, {source, "-o", link},
		{link, "-o", filepath.Join(folder, "..", filepath.Base(folder), "notebook.ipynb")},
		{source, sweep, "-o", folder, "-p", "n=2,3"},
	} {
		kernel(t, nil, append([]string{"run"}, args...)...).wantError(t, "would overwrite", "use --in-place")
	}
	for _, path := range []string{source, sweep} {
		if after, err := os.ReadFile(path); err != nil || string(after) != string(content) {
			t.Errorf("%s has changed, %v", path, err)
		}
	}
	if _, err := os.Stat(filepath.Join(folder, "ran")); err == nil {
		t.Error("a cell ran")
	}
}

func TestAFailedCellIsReported(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ cell, want string }{
		"panic":         {"%%\npanic(\"lost\")", "panic: lost"},
		"exit status":   {"%%\nos.Exit(3)", "exit status 3"},
		"compile error": {"%%\nfmt.Println(undefinedName)", "undefined: undefinedName"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source, out := notebook(t, "%%\nfmt.Println(1)", test.cell), filepath.Join(t.TempDir(), "out.ipynb")
			r := kernel(t, nil, "run", source, "-o", out)
			if r.code != 1 {
				t.Errorf("exit status %d, want 1", r.code)
			}
			for _, want := range []string{source, "cell 2 (In [2])", test.want} {
				if !strings.Contains(r.stderr, want) {
					t.Errorf("error %q, want %q in it", r.stderr, want)
				}
			}
			if _, err := coursebook.Read(out); err != nil {
				t.Errorf("the executed notebook is not kept: %v", err)
			}
		})
	}
}

func TestEveryNotebookRunsAlsoAfterAFailure(t *testing.T) {
	t.Parallel()
	bad, good := notebook(t, "%%\npanic(1)"), notebook(t, "%%\nfmt.Println(1)")
	r := kernel(t, nil, "run", bad, good)
	if r.code != 1 || !strings.Contains(r.stdout, "failed "+bad) || !strings.Contains(r.stdout, "ok     "+good) {
		t.Errorf("exit status %d, %q; want 1, one failed and one ok", r.code, r.stdout)
	}
}

func TestACellThatTakesTooLongIsReported(t *testing.T) {
	t.Parallel()
	source := notebook(t, "!echo 1", "%%\ntime.Sleep(time.Hour)") // what needs no build takes two seconds nowhere
	r := kernel(t, nil, "run", "--timeout", "2s", source)
	if r.code != 1 || !strings.Contains(r.stderr, source+": cell 2") || !strings.Contains(r.stderr, "--timeout") {
		t.Errorf("exit status %d, %q; want 1 and a line that names the cell and --timeout", r.code, r.stderr)
	}
}

// waitFor waits until condition holds.
func waitFor(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(4 * time.Minute); !condition(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// wantNoneWith checks that no process has setting in its environment: whatever a command started has inherited it.
func wantNoneWith(t *testing.T, setting string) {
	t.Helper()
	paths, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(content), setting+"\x00") {
			command, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "cmdline"))
			t.Errorf("still running: %s %q", filepath.Dir(path), strings.ReplaceAll(string(command), "\x00", " "))
		}
	}
}

// A cell resolves its imports to go.mod's versions, with no network, also where a newer version is within reach: a
// module proxy here claims one for every module, as a user's own module cache may.
func TestCellsArePinnedAndOffline(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := modfile.Parse("go.mod", content, nil)
	if err != nil {
		t.Fatal(err)
	}
	pinned, proxy := map[string]string{}, t.TempDir()
	for _, require := range mod.Require {
		pinned[require.Mod.Path] = require.Mod.Version
		claimNewer(t, proxy, require.Mod.Path)
	}
	source := notebook(t, `import (
	"context"
	"runtime/debug"

	"github.com/go-gota/gota/dataframe"
	"github.com/janpfeifer/gonb/gonbui"
	"multiprocessing/lib/primes"
)

%%
_ = dataframe.New()
gonbui.Sync()
_ = primes.Nth(1)
info, _ := debug.ReadBuildInfo()
for _, dep := range info.Deps {
	fmt.Println(dep.Path, dep.Version)
}`)
	out := filepath.Join(t.TempDir(), "out.ipynb")
	setUp(t) // which may need the network
	r := kernel(t, []string{"GOPROXY=file://" + filepath.ToSlash(proxy) + ",off", "GONOSUMDB=*"}, "run", source, "-o", out)
	if r.code != 0 {
		t.Fatalf("exit status %d, %s", r.code, r.stderr)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(stdout(t, out)[0]) {
		path, version, _ := strings.Cut(strings.TrimSpace(line), " ")
		seen[path] = true
		if want, ok := pinned[path]; ok && version != want {
			t.Errorf("the cell was linked with %s %s, go.mod pins %s", path, version, want)
		} else if !ok && path != "multiprocessing" {
			t.Errorf("the cell was linked with %s, which go.mod does not pin", path)
		}
	}
	for _, path := range []string{"multiprocessing", "github.com/go-gota/gota", "github.com/janpfeifer/gonb"} {
		if !seen[path] {
			t.Errorf("%s is not among the modules of the cell: %v", path, seen)
		}
	}
}

// claimNewer makes proxy claim a version of the module that does not exist.
func claimNewer(t *testing.T, proxy, path string) {
	t.Helper()
	const version = "v999.0.0"
	folder := filepath.Join(proxy, filepath.FromSlash(path), "@v")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"list":            version + "\n",
		version + ".info": `{"Version": "` + version + `", "Time": "2100-01-01T00:00:00Z"}`,
		version + ".mod":  "module " + path + "\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// recording is a cell that keeps a run, with the parameter size, and prints those of its notebook.
const recording = `%%
once := func() (timing.Measurement, error) { return timing.Measurement{Elapsed: time.Millisecond}, nil }
timing.Compare([]timing.Case{{Name: "a", Measure: once}}, timing.Rounds(1), timing.Record("table", timing.Params{"size": size}))
fmt.Println(timing.History("table").Col("size").Records())`

func TestTheHistoryIsOfTheNotebookThatWasRun(t *testing.T) {
	t.Parallel()
	first, second := notebook(t, "var size = 1", recording), notebook(t, "var size = 1", recording)
	out := filepath.Join(t.TempDir(), "out")
	for _, source := range []string{first, second} {
		if r := kernel(t, nil, "run", tag(t, source, 0, "parameters"), "-p", "size=1,2", "-o", out); r.code != 0 {
			t.Fatalf("exit status %d, %s", r.code, r.stderr)
		}
		for size, want := range map[string]string{"1": "[1]\n", "2": "[1 2]\n"} {
			if got := stdout(t, filepath.Join(out, "notebook-size="+size+".ipynb")); got[len(got)-1] != want {
				t.Errorf("with size %s the cell printed %q, want %q", size, got, want)
			}
		}
	}
	// This client does not tell the kernel which notebook it runs.
	if got := executeAll(t, "var size = 7", recording, "%%\nfmt.Println(timing.History(\"table\").Nrow())"); got[1] != "[7]\n" || got[2] != "1\n" {
		t.Errorf("without a name the cells printed %q", got)
	}
}
