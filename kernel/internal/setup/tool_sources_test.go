package setup

import (
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestToolsAreMadeAgainWhenASourceOfTheirsChanges asks the go command which packages of this module the tools are built from.
func TestToolsAreMadeAgainWhenASourceOfTheirsChanges(t *testing.T) {
	e := &Environment{Module: filepath.Join("..", "..", "..")}
	found, err := e.toolSources()
	if err != nil {
		t.Fatal(err)
	}
	packages := map[string]bool{}
	for _, name := range found {
		packages[modulePath+"/"+filepath.ToSlash(filepath.Dir(name))] = true
	}
	for _, system := range []string{"linux", "darwin"} {
		args := append([]string{"list", "-deps", "-f", "{{.ImportPath}}"}, slices.Collect(maps.Values(ours))...)
		cmd := exec.Command("go", args...)
		cmd.Dir, cmd.Env = e.Module, append(goEnvironment("off"), "GOOS="+system)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(commandError(out, err))
		}
		for path := range strings.Lines(string(out)) {
			if path = strings.TrimSpace(path); strings.HasPrefix(path, modulePath+"/") && !packages[path] {
				t.Errorf("on %s the tools are built from %s, whose sources are not listed", system, path)
			}
		}
	}
	for _, name := range found {
		if strings.HasSuffix(name, "_test.go") {
			t.Errorf("%s is a source of the tools", name)
		}
	}
}

func TestSourcesAreFollowedThroughImports(t *testing.T) {
	module := t.TempDir()
	for name, content := range map[string]string{
		"a/main.go":   "package main\n\nimport (\n\t\"fmt\"\n\t_ \"multiprocessing/b\"\n)\n",
		"a/a_test.go": "package main\n\nimport _ \"multiprocessing/d\"\n",
		"a/page.html": "embedded", "a/.swap": "", "a/testdata/x.go": "no Go",
		"b/b_darwin.go": "package b\n\nimport _ \"multiprocessing/c/c\"\n", "b/b.go": "package b\n\nimport _ \"multiprocessing/a\"\n",
		"c/c/c.go": "package c\n", "d/d.go": "package d\n",
	} {
		write(t, filepath.Join(module, filepath.FromSlash(name)), content)
	}
	want := []string{"a/main.go", "a/page.html", "b/b.go", "b/b_darwin.go", "c/c/c.go"}
	if got, err := sources(module, []string{"a"}); err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
	write(t, filepath.Join(module, "c", "c", "c.go"), "package c\n\nimport _ \"multiprocessing/gone\"\n")
	if got, err := sources(module, []string{"a"}); err == nil || !strings.Contains(err.Error(), "is the checkout whole?") {
		t.Errorf("with a package that is gone: %q, %v", got, err)
	}
}
