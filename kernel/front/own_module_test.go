package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"multiprocessing/kernel/internal/kerneltest"
	"multiprocessing/kernel/internal/wire"
)

// modules are modules of other people, by name: plain, with a replacement, and a workspace of two. The notebooks are in
// folder notebooks. Each needs example.com/fresh, which the course does not have.
var modules = map[string]map[string]string{
	"plain": {
		"go.mod":                    "module example.com/plain\n\ngo 1.22\n\nrequire (\n\texample.com/fresh v1.2.3\n\tgolang.org/x/sync v0.0.0\n)\n\nreplace golang.org/x/sync => ./sync\n",
		"sync/go.mod":               "module golang.org/x/sync\n\ngo 1.22\n",
		"sync/errgroup/errgroup.go": "package errgroup\n\nconst Whose = \"ours\"\n",
		"shape/shape.go":            circle + "\nvar _ = fresh.Word\n",
		"internal/name/name.go":     "package name\n\nimport \"golang.org/x/sync/errgroup\"\n\nconst Of = \"plain \" + errgroup.Whose\n",
		"notebooks/readme":          "",
	},
	"replaced": {
		"go.mod":                "module example.com/replaced/v3\n\ngo 1.24\n\nrequire (\n\texample.com/fresh v1.2.3\n\texample.com/helper v1.0.0\n)\n\nreplace example.com/helper => ../helper\n",
		"../helper/go.mod":      "module example.com/helper\n\ngo 1.20\n",
		"../helper/helper.go":   "package helper\n\nconst Word = \"replaced helper\"\n",
		"shape/shape.go":        circle + "\nvar _ = fresh.Word\n",
		"internal/name/name.go": "package name\n\nimport \"example.com/helper\"\n\nconst Of = helper.Word\n",
		"notebooks/readme":      "",
	},
	"workspace": {
		"go.work":               "go 1.24\n\nuse (\n\t.\n\t./two\n)\n",
		"go.mod":                "module example.com/workspace\n\ngo 1.24\n\nrequire example.com/fresh v1.2.3\n",
		"two/go.mod":            "module example.com/two\n\ngo 1.23\n",
		"two/two.go":            "package two\n\nconst Word = \"workspace two\"\n",
		"shape/shape.go":        circle + "\nvar _ = fresh.Word\n",
		"internal/name/name.go": "package name\n\nimport \"example.com/two\"\n\nconst Of = two.Word\n",
		"notebooks/readme":      "",
	},
}

const circle = `package shape

import "example.com/fresh"

// Circle returns a picture.
func Circle() string { return "<svg><circle r='3'/></svg>" }
`

// modulePath returns what the module in a go.mod is called.
func modulePath(goMod string) string {
	first, _, _ := strings.Cut(goMod, "\n")
	return strings.TrimPrefix(first, "module ")
}

// offlineModules returns settings for go commands that find all modules of this machine, and example.com/fresh, in a module
// cache of the test's own, and have no network. sums is a go.sum for example.com/fresh.
func offlineModules(t testing.TB) (settings []string, sums string) {
	t.Helper()
	proxy, own := t.TempDir(), t.TempDir()
	serveModule(t, proxy)
	out, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	shared := strings.TrimSpace(string(out))
	for _, folder := range []string{"", filepath.Join("cache", "download")} {
		if err := os.MkdirAll(filepath.Join(own, folder), 0o700); err != nil {
			t.Fatal(err)
		}
		entries, err := os.ReadDir(filepath.Join(shared, folder))
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			if name := entry.Name(); name != "cache" && name != "example.com" {
				if err := os.Symlink(filepath.Join(shared, folder, name), filepath.Join(own, folder, name)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	settings = []string{"GOMODCACHE=" + own, "GONOSUMDB=*", "GOFLAGS=-modcacherw"}
	get := exec.Command("go", "mod", "download", "-json", "example.com/fresh@v1.2.3")
	get.Env = append(append(os.Environ(), settings...), "GOPROXY=file://"+proxy)
	out, err = get.Output()
	var got struct{ Sum, GoModSum string }
	if err := errors.Join(err, json.Unmarshal(out, &got)); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	sums = fmt.Sprintf("example.com/fresh v1.2.3 %s\nexample.com/fresh v1.2.3/go.mod %s\n", got.Sum, got.GoModSum)
	return append(settings[:2:2], "GOPROXY=off"), sums
}

// makeModule writes a module to folder module of a new folder, which it returns.
func makeModule(t testing.TB, files map[string]string) (root string) {
	t.Helper()
	root = t.TempDir()
	folder := filepath.Join(root, "module")
	for name, content := range files {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func withSums(files map[string]string, sums string) map[string]string {
	files = maps.Clone(files)
	files["go.sum"] = sums
	return files
}

// filesIn returns the contents of all files below folder.
func filesIn(t *testing.T, folder string) map[string]string {
	t.Helper()
	contents := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		contents[path] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return contents
}

func TestCellsBelongToTheModuleOfTheNotebook(t *testing.T) {
	t.Parallel()
	env := setUp(t)
	settings, sums := offlineModules(t)
	for name, files := range modules {
		t.Run(name, func(t *testing.T) {
			root := makeModule(t, withSums(files, sums))
			before := filesIn(t, root)
			c := newClient(t, env, settings...)
			c.cmd.Dir = filepath.Join(root, "module", "notebooks")
			c.start()
			builds := filepath.Join(t.TempDir(), "builds")
			c.execute("%env MULTIPROCESSING_BUILDS " + builds)
			path := modulePath(files["go.mod"])
			first := c.execute(fmt.Sprintf("import (\n\t\"example.com/fresh\"\n\t\"github.com/janpfeifer/gonb/gonbui\"\n\t%q\n)\n\n%%%%\ngonbui.DisplaySVG(shape.Circle())\nfmt.Println(fresh.Word, name.Of)", path+"/internal/name"))
			first.wantOK("fresh " + map[string]string{"plain": "plain ours", "replaced": "replaced helper", "workspace": "workspace two"}[name] + "\n")
			if !slices.ContainsFunc(first.published(), func(m wire.Message) bool {
				return m.Header.Type == "display_data" && strings.Contains(string(m.Content), "circle r='3'")
			}) {
				t.Errorf("no picture in %v", first.kinds())
			}
			second := "%%\nfmt.Println(len(shape.Circle()))"
			c.execute(second).wantOK("26\n")
			c.execute(second).wantOK("26\n")
			c.execute("import \"multiprocessing/lib/primes\"\n\n%%\nfmt.Println(primes.Nth(4))").wantOK("7\n")
			want := []string{"get direct", "build direct", "get direct", "build direct", "get direct", "build reused", "get direct", "build direct"}
			if how := kerneltest.Builds(t, builds); !slices.Equal(how, want) {
				t.Errorf("built %q, want %q", how, want)
			}
			if after := filesIn(t, root); !maps.Equal(before, after) {
				t.Errorf("the module's files were\n%q\nand are\n%q", before, after)
			}
		})
	}
}

func TestTheNotebookThatJupyterNamesCountsMoreThanTheWorkingFolder(t *testing.T) {
	t.Parallel()
	root := makeModule(t, map[string]string{
		"go.mod": "module example.com/own\n\ngo 1.22\n", "own.go": "package own\n\nconst Word = \"own\"\n", "notebooks/readme": "",
	})
	c := startKernel(t, setUp(t), "JPY_SESSION_NAME="+filepath.Join(root, "module", "notebooks", "a.ipynb"))
	c.execute("%%\nfmt.Println(own.Word)").wantOK("own\n")
}

// BenchmarkOwnModule runs the same cell in the course and in each of the modules in turn, and reports medians. The cell uses
// a package of its module, and shows a picture with gonbui.
func BenchmarkOwnModule(b *testing.B) {
	env := setUp(b)
	settings, sums := offlineModules(b)
	kernels, times := map[string]*client{}, map[string][]float64{}
	own := func(name, imported, used string) {
		c := newClient(b, env, settings...)
		c.cmd.Dir = b.TempDir()
		if name != "course" {
			c.cmd.Dir = filepath.Join(makeModule(b, withSums(modules[name], sums)), "module", "notebooks")
		}
		c.start()
		c.execute(fmt.Sprintf("import \"github.com/janpfeifer/gonb/gonbui\"\nimport own %q\n\n%%%%\nfmt.Println(own.%s)\ngonbui.DisplayHTML(\"\")", imported, used))
		c.execute("func use() { fmt.Println(own." + used + ") }")
		kernels[name] = c
	}
	own("course", "multiprocessing/lib/primes", "Nth(4)")
	for name, files := range modules {
		own(name, modulePath(files["go.mod"])+"/shape", "Circle()")
	}
	for n := 0; b.Loop(); n++ {
		for name, c := range kernels {
			began := time.Now()
			r := c.execute(fmt.Sprintf("%%%%\nuse()\ngonbui.DisplayHTML(\"%d\")", n))
			times[name] = append(times[name], float64(time.Since(began).Microseconds())/1000)
			if r.status() != "ok" {
				b.Fatal(r.said(), r.traceback())
			}
		}
	}
	for name, all := range times {
		slices.Sort(all)
		b.ReportMetric(all[len(all)/2], name+"-ms")
	}
}
