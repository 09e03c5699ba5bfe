package jupyter

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

func TestOnlyNotebooksAsCommittedAreTrusted(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git")
	}
	module := t.TempDir()
	write := func(name, content string) {
		t.Helper()
		path := filepath.Join(module, "notebooks", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	do := func(args ...string) {
		t.Helper()
		if out, err := git(t.Context(), module, args...); err != nil {
			t.Fatal(args, out, err)
		}
	}
	write("a.ipynb", "{}")
	if paths, _ := committedNotebooks(t.Context(), module); len(paths) > 0 {
		t.Errorf("without a repository %q are trusted", paths)
	}
	write("solutions/b.ipynb", "{}")
	do("init", "-q")
	do("add", ".")
	do("-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-q", "-m", "x")
	write("from elsewhere.ipynb", "{}")
	paths, state := committedNotebooks(t.Context(), module)
	if want := []string{"notebooks/a.ipynb", "notebooks/solutions/b.ipynb"}; !slices.Equal(paths, want) {
		t.Errorf("%q are trusted, want %q", paths, want)
	}
	write("a.ipynb", `{"cells": []}`)
	paths, after := committedNotebooks(t.Context(), module)
	if want := []string{"notebooks/solutions/b.ipynb"}; !slices.Equal(paths, want) || state == after {
		t.Errorf("after a change %q are trusted, want %q", paths, want)
	}
}
