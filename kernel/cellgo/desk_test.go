package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"multiprocessing/internal/envvar"
)

// builtOnce is the program under test, as it is installed: named go.
var builtOnce = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "cellgo-*")
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "go")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := builtOnce(); err == nil {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// desk is a cell's folder, a tiny course that it uses, and a cache, all new.
type desk struct {
	*testing.T
	command, cell, course, cells, builds string
	settings                             map[string]string
}

// The tiny course: two packages, one of which imports the other, one with an embedded file, and a cell that shows what
// they say.
var tiny = map[string]string{
	"course/go.mod":     "module course\n\ngo 1.22\n",
	"course/go.sum":     "",
	"course/low/low.go": "package low\n\nvar Word = \"low 1\"\n",
	"course/low/loop.go": `package low

func Loop() (sum int) {
	var functions []func()
	for i := 0; i < 3; i++ {
		functions = append(functions, func() { sum += i })
	}
	for _, f := range functions {
		f()
	}
	return sum
}
`,
	"course/low/tagged.go":   "//go:build marked\n\npackage low\n\nfunc init() { Word += \" marked\" }\n",
	"course/high/high.go":    "package high\n\nimport (\n\t\"embed\"\n\n\t\"course/low\"\n)\n\n//go:embed data\nvar files embed.FS\n\nfunc Say() string {\n\ttext, _ := files.ReadFile(\"data/text\")\n\tfound, _ := files.ReadDir(\"data\")\n\treturn low.Word + \" \" + string(text) + string(rune('0'+len(found)))\n}\n",
	"course/high/data/text":  "text 1 ",
	"course/alone/alone.go":  "package alone\n\nvar Word = \"alone\"\n",
	"course/prog/program.go": "package main\n\nfunc main() {}\n",
	"cell/main.go":           cellOf(`fmt.Println(high.Say(), low.Loop())`),
}

func cellOf(body string) string {
	return "package main\n\nimport (\n\t\"fmt\"\n\n\t\"course/high\"\n\t\"course/low\"\n)\n\nvar _, _ = high.Say, low.Loop\n\nfunc main() {\n" + body + "\n}\n"
}

const said = "low 1 text 1 1 3\n"

func newDesk(t *testing.T) *desk {
	t.Helper()
	t.Parallel()
	command, err := builtOnce()
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.EvalSymlinks(t.TempDir())
	root = filepath.Join(root, "[x]*") // no path is a pattern
	if err := errors.Join(err, os.Mkdir(root, 0o700)); err != nil {
		t.Fatal(err)
	}
	d := &desk{T: t, command: command, cell: filepath.Join(root, "cell"), course: filepath.Join(root, "course"), cells: filepath.Join(root, "cells"), builds: filepath.Join(root, "builds")}
	d.settings = map[string]string{
		envvar.Go: filepath.Join(goRoot(t), "bin", "go"), envvar.Module: d.course, envvar.Cells: d.cells, envvar.Builds: d.builds,
		"GOFLAGS": "-ldflags=-s -gcflags=all=-dwarf=false -tags=netgo,osusergo", "GOTOOLCHAIN": "local", "GOWORK": "", "GOPROXY": "off", "GOENV": filepath.Join(root, "env"),
		envvar.Fast: "", "CGO_ENABLED": "0",
	}
	for name, content := range tiny {
		d.write(filepath.Join(root, name), content)
	}
	if out, err := d.goCommand("mod", "init", "gonb_1").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return d
}

// write writes a file with the time that it had, or an old one.
func (d *desk) write(path, content string) {
	d.Helper()
	when := time.Now().Add(-time.Hour).Truncate(time.Second)
	if info, err := os.Stat(path); err == nil {
		when = info.ModTime()
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		d.Fatal(err)
	}
	write(d.T, path, content)
	if err := os.Chtimes(path, when, when); err != nil {
		d.Fatal(err)
	}
}

func (d *desk) inCourse(name, content string) {
	d.Helper()
	d.write(filepath.Join(d.course, name), content)
}

// link moves a folder of the course to another name and links to it from the old one.
func (d *desk) link(name, to string) {
	d.Helper()
	if err := os.Rename(filepath.Join(d.course, name), filepath.Join(d.course, to)); err != nil {
		d.Fatal(err)
	}
	if err := os.Symlink(to, filepath.Join(d.course, name)); err != nil {
		d.Fatal(err)
	}
}

func (d *desk) remove(name string) {
	d.Helper()
	if err := os.RemoveAll(filepath.Join(d.course, name)); err != nil {
		d.Fatal(err)
	}
}

func (d *desk) environ() []string {
	env := os.Environ()
	for _, name := range slices.Sorted(maps.Keys(d.settings)) {
		env = append(env, name+"="+d.settings[name])
	}
	return env
}

func (d *desk) goCommand(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(d.Context(), d.command, args...)
	cmd.Dir, cmd.Env = d.cell, d.environ()
	return cmd
}

func (d *desk) binary() string { return filepath.Join(d.cell, "gonb_1") }

// try builds the cell and returns how, and what building printed if it failed.
func (d *desk) try(flags ...string) (how, failure string) {
	d.Helper()
	_ = os.Remove(d.builds)
	out, err := d.goCommand(append([]string{"build", "-o", d.binary()}, flags...)...).CombinedOutput()
	if err != nil {
		failure = string(out) + err.Error()
	}
	return d.reported().How, failure
}

// reported is the last line of what the builds' file was told.
func (d *desk) reported() (r report) {
	d.Helper()
	content, err := os.ReadFile(d.builds)
	if err != nil {
		return r
	}
	lines := bytes.Split(bytes.TrimSpace(content), []byte("\n"))
	if err := json.Unmarshal(lines[len(lines)-1], &r); err != nil {
		d.Fatal(err)
	}
	return r
}

// wants builds the cell and checks how, and what the cell says.
func (d *desk) wants(how, says string, flags ...string) {
	d.Helper()
	got, failure := d.try(flags...)
	if failure != "" {
		d.Fatalf("building: %s", failure)
	}
	out, err := exec.Command(d.binary()).CombinedOutput()
	if err != nil || string(out) != says {
		d.Errorf("built %s, the cell says %q, %v; want %q", got, out, err, says)
	}
	if got != how {
		d.Errorf("built %s, want %s", got, how)
	}
}
