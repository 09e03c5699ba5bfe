package timing

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// desk is a reader's machine: a home with nothing in it, and the command
// testdata/record in place of what cells and other programs are made of.
type desk struct {
	*testing.T
	home, record string
}

func newDesk(t *testing.T) desk {
	home, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	d := desk{t, home, filepath.Join(home, "record"+exe())}
	if out, err := exec.Command("go", "build", "-o", d.record, "./testdata/record").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return d
}

func exe() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}

// environment is that of a process of the reader's, with settings on top.
func (d desk) environment(settings ...string) []string {
	env := slices.DeleteFunc(os.Environ(), func(s string) bool {
		return strings.HasPrefix(s, "MULTIPROCESSING_") || strings.HasPrefix(s, "GONB_")
	})
	return append(append(env, "HOME="+d.home, "XDG_CACHE_HOME="+filepath.Join(d.home, "cache"), "LocalAppData="+d.home), settings...)
}

// path is that of a new file, or of one that is there.
func (d desk) path(parts ...string) string {
	path := filepath.Join(append([]string{d.home}, parts...)...)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		d.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		d.Fatal(err)
	}
	file.Close()
	return path
}

// copy puts the command elsewhere, under another name.
func (d desk) copy(parts ...string) string {
	content, err := os.ReadFile(d.record)
	if err != nil {
		d.Fatal(err)
	}
	path := d.path(parts...) + exe()
	if err := os.WriteFile(path, content, 0o700); err != nil {
		d.Fatal(err)
	}
	if err := os.Chmod(path, 0o700); err != nil {
		d.Fatal(err)
	}
	return path
}

// wants runs a command in the home, or in dir, and checks which runs it shows.
func (d desk) wants(want string, cmd *exec.Cmd, settings ...string) {
	d.Helper()
	if cmd.Dir == "" {
		cmd.Dir = d.home
	}
	cmd.Env = d.environment(settings...)
	out, err := cmd.CombinedOutput()
	if got := strings.TrimSpace(string(out)); err != nil || got != want {
		d.Errorf("shows %q, %v, want %q", got, err, want)
	}
}

// cell runs the command as a cell of a kernel.
func (d desk) cell(kernel, want, run string, settings ...string) {
	d.Helper()
	program := filepath.Join(d.home, kernel, "gonb_"+kernel, "gonb_"+kernel+exe())
	if _, err := os.Stat(program); err != nil {
		d.copy(kernel, "gonb_"+kernel, "gonb_"+kernel)
	}
	d.wants(want, exec.Command(program, run), append(settings, sessionVariable+"="+filepath.Dir(program))...)
}

func TestTheHistoryIsThatOfTheNotebookInItsCheckout(t *testing.T) {
	d := newDesk(t)
	a := notebookVariable + "=" + d.path("a.ipynb")
	b := notebookVariable + "=" + d.path("b.ipynb")
	one, two := checkoutVariable+"=/checkout/one", checkoutVariable+"=/checkout/two"
	d.cell("k1", "run 1", "1", a, one)
	d.cell("k1", "run 1, run 2", "2", a, one)
	d.cell("k2", "run 1, run 2, run 3", "3", a, one) // the kernel was started again
	d.cell("k3", "run 4", "4", b, one)               // another notebook
	d.cell("k4", "run 5", "5", a, two)               // the same one in another checkout
	d.cell("k1", "run 1, run 2, run 3, run 6", "6", a, one)
	if runtime.GOOS != "windows" {
		link := filepath.Join(d.home, "link.ipynb")
		if err := os.Symlink("a.ipynb", link); err != nil {
			t.Fatal(err)
		}
		d.cell("k5", "run 1, run 2, run 3, run 6, run 7", "7", notebookVariable+"="+link, one)
	}
}

func TestWhereTheNotebookIsNotKnownTheHistoryIsThatOfTheKernel(t *testing.T) {
	d := newDesk(t)
	for i, setting := range []string{"X=", notebookVariable + "=", notebookVariable + "=" + filepath.Join(d.home, "renamed.ipynb"),
		notebookVariable + "=record" + exe(), notebookVariable + "=" + d.home} {
		kernel := fmt.Sprint("k", i)
		d.cell(kernel, "run 1", "1", setting)
		d.cell(kernel, "run 1, run 2", "2", setting)
	}
}

func TestAProgramThatACellStartsHasItsOwnHistory(t *testing.T) {
	d := newDesk(t)
	a := notebookVariable + "=" + d.path("a.ipynb")
	d.cell("k1", "run 1", "1", a)
	session := sessionVariable + "=" + filepath.Join(d.home, "k1", "gonb_k1")
	d.wants("run 2", exec.Command(d.record, "2"), a, session)
	d.cell("k1", "run 1, run 3", "3", a)
}

func TestTheHistoryOfAProgramIsOfItsWorkingFolderItsNameAndItsSource(t *testing.T) {
	d := newDesk(t)
	d.wants("run 1", exec.Command(d.record, "1"))
	d.wants("run 1, run 2", exec.Command(d.record, "2"))
	there := exec.Command(d.record, "3")
	there.Dir = filepath.Dir(d.path("folder", "x"))
	d.wants("run 3", there)
	d.wants("run 4", exec.Command(d.copy("other"), "4"))
	// The same package and name, as of a program that is run from another file.
	source, err := os.ReadFile("testdata/record/main.go")
	if err != nil {
		t.Fatal(err)
	}
	main, err := filepath.Abs("testdata/record/main.go")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"run 5", "run 6"} {
		virtual := filepath.Join(filepath.Dir(main), fmt.Sprint("main", i, ".go"))
		overlay, err := json.Marshal(map[string]map[string]string{"Replace": {virtual: d.path(fmt.Sprint(i), "main.go"), main: ""}})
		if err != nil {
			t.Fatal(err)
		}
		program := d.path(fmt.Sprint(i), "program"+exe())
		for path, content := range map[string][]byte{d.path(fmt.Sprint(i), "main.go"): source, d.path(fmt.Sprint(i), "overlay.json"): overlay} {
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		build := exec.Command("go", "build", "-overlay", d.path(fmt.Sprint(i), "overlay.json"), "-o", program, virtual)
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		d.wants(want, exec.Command(program, strings.TrimPrefix(want, "run ")))
	}
}

func TestWithAFolderOfItsOwnNothingIsInTheUsers(t *testing.T) {
	d := newDesk(t)
	folder := historyVariable + "=" + filepath.Join(d.home, "own")
	d.wants("run 1", exec.Command(d.record, "1"), folder)
	d.wants("run 2", exec.Command(d.record, "2"))
	d.wants("run 1, run 3", exec.Command(d.record, "3"), folder)
}

// A test that sets no folder leaves nothing in the history of its user.
func TestATestKeepsNoRunsInTheUsersHistory(t *testing.T) {
	if os.Getenv("TIMING_TEST_RECORDS") != "" {
		c := compareFixed("table", nil)
		if !strings.Contains(c.Caption(), "This run is not in the history: a test keeps runs only in the folder that MULTIPROCESSING_HISTORY names.") {
			t.Error(c.Caption())
		}
		return
	}
	d := desk{T: t, home: t.TempDir()}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	// Also if a cell runs it.
	cmd.Env = d.environment("TIMING_TEST_RECORDS=1", sessionVariable+"="+strings.TrimSuffix(os.Args[0], ".exe"), notebookVariable+"="+d.path("a.ipynb"))
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "PASS") {
		t.Fatalf("%v\n%s", err, out)
	}
	err := filepath.WalkDir(d.home, func(path string, e fs.DirEntry, err error) error {
		if strings.Contains(path, "history") {
			t.Errorf("it left %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// Files of an older edition have no owner.
func TestRunsWithoutAnOwnerOrOfAnotherAreNotShown(t *testing.T) {
	dir := elsewhere(t)
	compareFixed("table", Params{"run": "mine"})
	for i, other := range []string{"", "program", owner() + "x", join("notebook", "", "/a.ipynb")} {
		text, err := json.Marshal(savedRun{Owner: other, Name: "table", Time: time.Unix(1, 0), Params: Params{"run": "other"}, Rows: []map[string]any{{"case": "a"}}})
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{keyOf(owner(), "table"), keyOf(other, "table")} {
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%019d-%s-0.json", i, key)), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got := History("table", "a").Col("run").Records(); !slices.Equal(got, []string{"mine"}) {
		t.Errorf("shows %q", got)
	}
}
