package python_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"multiprocessing/lib/python"
)

// pathOf returns a folder with shell scripts in place of programs, and makes it the whole PATH.
func pathOf(t *testing.T, programs map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, body := range programs {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+body+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
	t.Setenv("MULTIPROCESSING_PYTHON_NOGIL", "")
	return dir
}

// reports is the body of a Python that has this version, with a GIL or without one.
func reports(version, gil string) string {
	return `echo '{"version": "` + version + `", "gil": ` + gil + `}'`
}

func TestAFreeThreadedPythonIsFoundOnPATH(t *testing.T) {
	for name, programs := range map[string]map[string]string{
		"the only one":          {"python3.13t": reports("3.13.5", "false")},
		"the newest":            {"python3.13t": reports("3.13.5", "false"), "python3.14t": reports("3.14.0", "false")},
		"beside one that fails": {"python3.13t": reports("3.13.5", "false"), "python3.14t": "exit 127"},
		"beside one with a GIL": {"python3.13t": reports("3.13.5", "false"), "python3.14t": reports("3.14.0", "true")},
	} {
		want := "3.13.5"
		if name == "the newest" {
			want = "3.14.0"
		}
		dir := pathOf(t, programs)
		found, err := python.FreeThreaded(context.Background())
		if err != nil || found.Version != want || filepath.Dir(found.Path) != dir {
			t.Errorf("%s: got %+v, %v, want %s in %s", name, found, err, want, dir)
		}
	}
}

func TestTheVariableNamesTheFreeThreadedPython(t *testing.T) {
	dir := pathOf(t, map[string]string{"python3.14t": reports("3.14.0", "false"), "mine": reports("3.13.1", "false")})
	t.Setenv("MULTIPROCESSING_PYTHON_NOGIL", filepath.Join(dir, "mine"))
	found, err := python.FreeThreaded(context.Background())
	if err != nil || found.Version != "3.13.1" || found.Path != filepath.Join(dir, "mine") {
		t.Errorf("got %+v, %v", found, err)
	}
}

func TestWithoutAFreeThreadedPythonALineSaysHowToGetOne(t *testing.T) {
	for want, programs := range map[string]map[string]string{
		"no Python without a GIL found: get one":                                       {"python3": reports("3.14.0", "false")},
		"no Python without a GIL found (python3.14t: it failed and wrote no reason":    {"python3.14t": "exit 127"},
		"no Python without a GIL found (python3.13t: it is Python 3.13.5 with its GIL": {"python3.13t": reports("3.13.5", "true")},
	} {
		pathOf(t, programs)
		_, err := python.FreeThreaded(context.Background())
		wantOneLine(t, err, want, `"uv python install 3.14t"`, "the system's packages", "MULTIPROCESSING_PYTHON_NOGIL")
	}
}

// An operator who names one wants that one: no other is taken in its place.
func TestABrokenPythonInTheVariableIsNamed(t *testing.T) {
	dir := pathOf(t, map[string]string{
		"python3.14t": reports("3.14.0", "false"),
		"fails":       "echo Traceback >&2; echo 'ImportError: no json' >&2; exit 1",
		"chats":       "echo hello",
		"locked":      reports("3.11.2", "true"),
	})
	for name, want := range map[string]string{
		"/no/such/python": "no such file or directory",
		"fails":           "ImportError: no json (exit status 1)",
		"chats":           `its report "hello\n" is not JSON`,
		"locked":          "it is Python 3.11.2 with its GIL on",
	} {
		if !filepath.IsAbs(name) {
			name = filepath.Join(dir, name)
		}
		t.Setenv("MULTIPROCESSING_PYTHON_NOGIL", name)
		_, err := python.FreeThreaded(context.Background())
		wantOneLine(t, err, "MULTIPROCESSING_PYTHON_NOGIL", name, want, "set it to a free-threaded Python")
	}
}

func wantOneLine(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil || strings.Contains(err.Error(), "\n") || !strings.HasPrefix(err.Error(), "python: ") {
		t.Errorf("got %v, want an error of one line that begins with the package", err)
		return
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("got %q, want %q in it", err, part)
		}
	}
}

func TestUseRunsTheProgramInThatPython(t *testing.T) {
	needPython(t)
	path, err := exec.LookPath("python3")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("MULTIPROCESSING_PYTHON", "/no/such/python")
	run, err := python.Deck(context.Background(), python.Pool, 6, 2, 2, python.Use(python.Interpreter{Path: path}))
	if err != nil || !slices.Equal(run.Answers, []int{11, 13}) {
		t.Errorf("Deck: got %+v, %v", run, err)
	}
	trace, err := python.ThreadTrace(context.Background(), 1, time.Millisecond, time.Millisecond, python.Use(python.Interpreter{Path: path}))
	if err != nil || len(trace) == 0 {
		t.Errorf("ThreadTrace: got %v, %v", trace, err)
	}
}

// Without one on this machine there is nothing to run: the tests above have scripts in its place.
func TestTheFreeThreadedPythonOfThisMachineRunsTheDeckWithoutAGIL(t *testing.T) {
	t.Setenv("PYTHON_GIL", "1") // a setting of the user's for other programs
	free, err := python.FreeThreaded(context.Background())
	if err != nil {
		wantOneLine(t, err, "without a GIL")
		return
	}
	for _, m := range mechanisms {
		run, err := python.Deck(context.Background(), m, 6, 4, 2, python.Use(free))
		if err != nil || run.GIL || run.Version != free.Version || !slices.Equal(run.Answers, []int{11, 13, 17, 19}) {
			t.Errorf("%s with %+v: got %+v, %v", m, free, run, err)
		}
	}
}

// PYTHON_GIL=0 ends a Python that has a GIL before it begins.
func TestPythonsOwnSettingOfTheGILIsLeftOut(t *testing.T) {
	needPython(t)
	t.Setenv("PYTHON_GIL", "0")
	out, err := python.Script(context.Background(), "import os\nprint(os.environ.get('PYTHON_GIL'))")
	if err != nil || out != "None\n" {
		t.Errorf("got %q, %v", out, err)
	}
}

func BenchmarkFreeThreaded(b *testing.B) {
	if _, err := python.FreeThreaded(context.Background()); err != nil {
		b.Skip(err)
	}
	for b.Loop() {
		if _, err := python.FreeThreaded(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}
