package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func lookupIn(settings map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { value, ok := settings[name]; return value, ok }
}

func TestALoginComesFromTheEnvironmentAFileOrASecret(t *testing.T) {
	none, secrets := t.TempDir(), t.TempDir()
	file := filepath.Join(secrets, "token")
	put(t, file, "from a file\n")
	for _, test := range []struct {
		settings map[string]string
		folder   string
		want     string
	}{
		{nil, none, ""},
		{map[string]string{"TOKEN": "given"}, none, "given"},
		{map[string]string{"TOKEN": "given"}, secrets, "given"},
		{map[string]string{"TOKEN_FILE": file}, none, "from a file"},
		{nil, secrets, "from a file"},
	} {
		login, err := loginFrom(lookupIn(test.settings), test.folder)
		if err != nil || login.Token != test.want || login.Password != "" {
			t.Errorf("%v, %s: %+v, %v; want the token %q", test.settings, test.folder, login, err, test.want)
		}
	}
}

func TestALoginThatWouldLetAnyoneInIsRefused(t *testing.T) {
	folder := t.TempDir()
	put(t, filepath.Join(folder, "password"), "\n")
	for _, settings := range []map[string]string{
		{"TOKEN": ""}, {"PASSWORD": "\n"}, {"TOKEN": "a", "TOKEN_FILE": "b"}, {"TOKEN_FILE": "/no/such/file"}, {"TOKEN": "fine"},
	} {
		if login, err := loginFrom(lookupIn(settings), folder); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v: %+v, %v; want one line that refuses it", settings, login, err)
		}
	}
}

func TestCopiesOfNotebooksAreTheReaders(t *testing.T) {
	from, to := t.TempDir(), filepath.Join(t.TempDir(), "notebooks")
	put(t, filepath.Join(from, "a.ipynb"), "new a")
	put(t, filepath.Join(from, "solutions", "b.ipynb"), "new b")
	put(t, filepath.Join(to, "a.ipynb"), "mine")
	for range 2 {
		if err := copyNotebooks(io.Discard, from, to); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{"a.ipynb": "mine", "solutions/b.ipynb": "new b"} {
		if got, err := os.ReadFile(filepath.Join(to, name)); err != nil || string(got) != want {
			t.Errorf("%s is %q (%v), want %q", name, got, err, want)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(to, ".*")); len(left) > 0 {
		t.Errorf("%q was left behind", left)
	}
}

func TestNotebooksThatCannotBeCopiedSayWhatToDo(t *testing.T) {
	from, file := t.TempDir(), filepath.Join(t.TempDir(), "file")
	put(t, filepath.Join(from, "a.ipynb"), "a")
	put(t, file, "")
	if err := copyNotebooks(io.Discard, from, filepath.Join(file, "notebooks")); err == nil || !strings.Contains(err.Error(), "mount a volume") {
		t.Errorf("%v, want what to do", err)
	}
}

func TestTheHealthCheckFailsWhenNothingListens(t *testing.T) {
	if err := checkHealth(1); err == nil || !strings.Contains(err.Error(), "does not answer") {
		t.Errorf("%v, want that JupyterLab does not answer", err)
	}
}

// Runs without JupyterLab have the very versions that others have.
func TestThePinsWithoutJupyterLabAreThoseWithIt(t *testing.T) {
	pins := func(name string) map[string]bool {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]bool{}
		for _, line := range regexp.MustCompile(`(?m)^[a-z0-9-]+==[^ ]+`).FindAllString(string(content), -1) {
			found[line] = true
		}
		return found
	}
	all, some := pins("requirements.txt"), pins("requirements-run.txt")
	if len(some) < 20 || len(some) >= len(all) {
		t.Errorf("%d pins without JupyterLab, %d with it", len(some), len(all))
	}
	for pin := range some {
		if !all[pin] {
			t.Errorf("%s is not in requirements.txt; resolve requirements-run.in again", pin)
		}
	}
}

// jsonschema imports rfc3987-syntax where it is installed, and that builds a parser: a second at each start.
func TestNoPinIsSlowToImport(t *testing.T) {
	for _, name := range []string{"requirements.txt", "requirements-run.txt", "requirements-test.txt"} {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(content), "rfc3987-syntax==") {
			t.Errorf("%s pins rfc3987-syntax; resolve it again with the command at the top of requirements.in", name)
		}
	}
}

func TestLabWithoutJupyterLab(t *testing.T) {
	kernel(t, []string{"MULTIPROCESSING_HEADLESS=1"}, "lab").wantError(t, "JupyterLab is not in this set-up", "run")
}

func put(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
