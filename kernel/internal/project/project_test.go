package project

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

const zero = "v0.0.0-00010101000000-000000000000"

// The course of these tests, and modules beside it.
var files = map[string]string{
	"course/go.mod": `module multiprocessing

go 1.26.0

tool example.com/tool

require (
	example.com/a v1.2.3
	example.com/both v1.5.0
	example.com/tool v0.1.0 // indirect
)

replace example.com/a => ./vendored/a

replace example.com/b => example.com/c v1.0.0
`,
	"course/go.sum": "course\nshared\n",

	"plain/go.mod":         "module example.com/plain/v2\n\ngo 1.22\n\nrequire (\n\texample.com/both v1.1.0\n\texample.com/own v1.0.0\n)\n",
	"plain/go.sum":         "plain\nshared\n",
	"plain/notebooks/a":    "",
	"plain/my notes/deep/": "",

	"replaced/go.mod": "module example.com/replaced\n\ngo 1.30\n\nrequire example.com/both v1.1.0\n\nreplace example.com/both => ../both\n\nexclude example.com/own v0.9.0\n\ngodebug http2client=0\n",

	"nested/go.work":    "go 1.24\n\nuse (\n\t.\n\t./in\n)\n",
	"nested/go.mod":     "module example.com/nested\n\ngo 1.24\n",
	"nested/in/go.mod":  "module example.com/in\n\ngo 1.24\n",
	"nested/in/note/ok": "",

	"work/go.work":      "go 1.24\n\nuse (\n\t./one\n\t./two\n)\n\nreplace example.com/x => ./x\n",
	"work/go.work.sum":  "work\n",
	"work/one/go.mod":   "module example.com/one\n\ngo 1.24\n\nrequire (\n\texample.com/two v0.0.0\n\texample.com/own v1.0.0\n)\n\nreplace example.com/two => ../elsewhere\n\nreplace example.com/x => ../y\n",
	"work/one/go.sum":   "one\n",
	"work/two/go.mod":   "module example.com/two\n\ngo 1.24\n\nrequire example.com/own v1.4.0\n",
	"work/alone/go.mod": "module example.com/alone\n\ngo 1.24\n",

	"broken/go.mod": "module example.com/broken\n\nrequire (\n\texample.com/x\n\texample.com/y\n)\n",
	"nowhere/":      "",
}

// read returns the project of a notebook in that folder.
func read(t *testing.T, notebook string) (*Project, string, error) {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if strings.HasSuffix(name, "/") {
			path = filepath.Join(path, "x")
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p, err := Read(filepath.Join(root, notebook), filepath.Join(root, "course"))
	return p, root, err
}

// lines are the lines of a go.mod: of the module, of requirements and of replacements, without the tests' folder.
func lines(t *testing.T, p *Project, root string) map[string]bool {
	t.Helper()
	file, err := modfile.Parse("go.mod", p.GoMod("gonb_1"), nil)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{"module " + file.Module.Mod.Path: true, "go " + file.Go.Version: true}
	for _, r := range file.Require {
		found[r.Mod.Path+" "+r.Mod.Version] = true
	}
	for _, r := range file.Replace {
		old, to := strings.TrimSpace(r.Old.Path+" "+r.Old.Version), strings.TrimSpace(r.New.Path+" "+r.New.Version)
		found[old+" => "+strings.TrimPrefix(to, root)] = true
	}
	for _, r := range file.Exclude {
		found["exclude "+r.Mod.Path+" "+r.Mod.Version] = true
	}
	for _, r := range file.Godebug {
		found[fmt.Sprintf("godebug %s=%s", r.Key, r.Value)] = true
	}
	if len(file.Tool) > 0 {
		t.Errorf("a cell's module has tools: %v", file.Tool)
	}
	return found
}

func TestACellBelongsToTheModuleOfItsNotebook(t *testing.T) {
	ofCourse := []string{"example.com/tool v0.1.0", "example.com/b => example.com/c v1.0.0", "multiprocessing " + zero, "multiprocessing => /course"}
	for notebook, want := range map[string][]string{
		"nowhere": {"module gonb_1", "go 1.26.0", "example.com/a v1.2.3", "example.com/a => /course/vendored/a", "example.com/both v1.5.0"},
		"course":  {"module multiprocessing/gonb_1", "example.com/both v1.5.0", "example.com/a => /course/vendored/a"},
		"plain/notebooks": {"module example.com/plain/v2/notebooks/gonb_1", "go 1.26.0", "example.com/plain/v2 v2.0.0-00010101000000-000000000000",
			"example.com/plain/v2 => /plain", "example.com/own v1.0.0", "example.com/both v1.5.0", "example.com/both v1.5.0 => example.com/both v1.1.0"},
		"plain/my notes/deep": {"module example.com/plain/v2/gonb_1"},
		"replaced": {"module example.com/replaced/gonb_1", "go 1.30", "example.com/both v1.5.0", "example.com/both => /both",
			"exclude example.com/own v0.9.0", "godebug http2client=0"},
		"work": {"module gonb_1", "example.com/one " + zero, "example.com/one => /work/one", "example.com/two v0.0.0", "example.com/two => /work/two",
			"example.com/own v1.4.0", "example.com/x => /work/x"},
		"nested/in/note": {"module example.com/in/note/gonb_1"},
		"work/two":       {"module example.com/two/gonb_1", "example.com/one => /work/one"},
		"work/alone":     {"module example.com/alone/gonb_1", "example.com/alone => /work/alone"},
	} {
		p, root, err := read(t, notebook)
		if err != nil {
			t.Errorf("%s: %v", notebook, err)
			continue
		}
		found := lines(t, p, root)
		for _, line := range append(want, ofCourse...) {
			if !found[line] {
				t.Errorf("%s: no line %q in\n%s", notebook, line, p.GoMod("gonb_1"))
			}
		}
		for _, line := range []string{"example.com/two => /work/elsewhere", "example.com/x => /work/y", "example.com/own v1.4.0 => example.com/own v1.0.0"} {
			if found[line] {
				t.Errorf("%s: there is a line %q in\n%s", notebook, line, p.GoMod("gonb_1"))
			}
		}
		if found["example.com/one => /work/one"] && notebook == "work/alone" {
			t.Error("a module that the workspace does not use is part of it")
		}
	}
}

func TestTheSumsOfAllModulesAreThere(t *testing.T) {
	for notebook, want := range map[string]string{
		"nowhere": "course\nshared\n", "plain": "course\nplain\nshared\n", "replaced": "course\nshared\n", "work/one": "course\none\nshared\nwork\n",
	} {
		p, _, err := read(t, notebook)
		if err != nil || string(p.GoSum()) != want {
			t.Errorf("%s: %q, %v; want %q", notebook, p.GoSum(), err, want)
		}
	}
}

func TestABrokenGoModIsAnErrorOnOneLine(t *testing.T) {
	_, _, err := read(t, "broken")
	if err == nil || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "broken/go.mod:4:") {
		t.Errorf("error %q, want one line that names the file and the line", err)
	}
}

// Every user of the machine can write there.
func TestAModuleInTheFolderForTemporaryFilesIsIgnored(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	notebook := filepath.Join(folder, "mine")
	if err := os.Mkdir(notebook, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"go.mod", "go.work"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("module example.com/trap\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if file, err := find(notebook); strings.HasPrefix(file, folder) || err != nil {
		t.Errorf("found %q, %v", file, err)
	}
}

func TestAProjectHasAStampOfItsFiles(t *testing.T) {
	p, root, err := read(t, "plain")
	if err != nil {
		t.Fatal(err)
	}
	stamp := func() string {
		p, err = Read(filepath.Join(root, "plain"), filepath.Join(root, "course"))
		if err != nil {
			t.Fatal(err)
		}
		return p.Stamp()
	}
	before := stamp()
	if stamp() != before {
		t.Error("the stamp changes without a reason")
	}
	for _, name := range []string{"plain/go.mod", "plain/go.sum", "course/go.sum"} {
		path := filepath.Join(root, name)
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, append(content, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
		if now := stamp(); now == before {
			t.Errorf("%s has changed, and the stamp has not", name)
		} else {
			before = now
		}
	}
}

func TestModulesAreInTheirFolders(t *testing.T) {
	p, root, err := read(t, "work/one")
	if err != nil {
		t.Fatal(err)
	}
	folders := map[string]string{}
	for _, m := range p.Modules("/cache") {
		folders[m.Path] = strings.TrimPrefix(m.Folder, root)
	}
	for path, want := range map[string]string{
		"example.com/two": "/work/two", "example.com/own": "/cache/example.com/own@v1.4.0", "example.com/a": "/course/vendored/a", Course: "/course",
	} {
		if folders[path] != want {
			t.Errorf("%s is in %q, want %q", path, folders[path], want)
		}
	}
}
