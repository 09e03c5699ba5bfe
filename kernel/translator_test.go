package main

import (
	"encoding/json"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"multiprocessing/kernel/internal/setup"
)

// venvPython is a command of the course's own Python, in the checkout.
func venvPython(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), setUp(t).VenvPython(), append([]string{"-B", "-X", "utf8"}, args...)...)
	cmd.Dir = ".."
	cmd.Env = setup.WithoutPythonSettings(os.Environ())
	return cmd
}

func TestThePackageForPapermillPassesItsOwnTests(t *testing.T) {
	t.Parallel()
	if out, err := venvPython(t, "-m", "unittest", "discover", "-s", "kernel/papermill/tests").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// The package is installed as a user would, from a copy of the checkout and with no network.
func TestThePackageForPapermillIsInstalledByItself(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	install := venvPython(t, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--target", folder, "./kernel/papermill")
	install.Env = append(install.Env, "PIP_INDEX_URL=http://127.0.0.1:1/simple", "PIP_RETRIES=0", "PYTHONDONTWRITEBYTECODE=1")
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"gonb_papermill/engine.py", "gonb_papermill-*.dist-info/entry_points.txt"} {
		if found, _ := filepath.Glob(filepath.Join(folder, want)); len(found) != 1 {
			t.Errorf("%s is not installed", want)
		}
	}
}

// So is its archive, and the checkout itself, where edits then need no new installation.
func TestThePackageForPapermillIsInstalledFromItsArchiveAndInPlace(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	build := "import sys; sys.path.insert(0, 'kernel/papermill/build_backend'); import wheel_backend as w, tarfile\n" +
		"a = tarfile.open(sys.argv[1] + '/' + w.build_sdist(sys.argv[1])); print(a.name, a.extractfile(w.STEM + '/PKG-INFO').readline())"
	out, err := venvPython(t, "-c", build, folder).CombinedOutput()
	archive, info, _ := strings.Cut(string(out), " ")
	if err != nil || !strings.HasPrefix(info, "b'Metadata-Version: ") {
		t.Fatalf("%v, %s", err, out)
	}
	if at := installed(t, archive); strings.HasPrefix(at, "kernel") {
		t.Errorf("from the archive it is at %s", at)
	}
	if at := installed(t, "--editable", "./kernel/papermill"); at != filepath.Join("kernel", "papermill", "src", "gonb_papermill", "__init__.py") {
		t.Errorf("in place it is at %s", at)
	}
}

// installed installs the package into a new environment, with no network, and says where Python then finds it: relative to
// the checkout if it is there.
func installed(t *testing.T, from ...string) string {
	t.Helper()
	python := setUp(t).VenvPython()
	folder := filepath.Join(t.TempDir(), "venv")
	python = filepath.Join(folder, filepath.Base(filepath.Dir(python)), filepath.Base(python))
	where := venvPython(t, "-c", "import gonb_papermill; print(gonb_papermill.__file__)")
	where.Path, where.Args[0] = python, python
	install := append([]string{"-m", "pip", "--python", python, "install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps"}, from...)
	var out []byte
	for _, cmd := range []*exec.Cmd{venvPython(t, "-m", "venv", "--without-pip", folder), venvPython(t, install...), where} {
		var err error
		cmd.Env = append(cmd.Env, "PYTHONDONTWRITEBYTECODE=1")
		if out, err = cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", cmd, err, out)
		}
	}
	checkout, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(strings.TrimSpace(string(out)), checkout+string(filepath.Separator))
}

// translated is what testdata/translate.py writes.
type translated struct {
	Cases []struct {
		Source string
		Texts  []string
	}
	Refused int
}

func TestNoValueBecomesCode(t *testing.T) {
	t.Parallel()
	out, err := venvPython(t, "kernel/testdata/translate.py", "1", "4000").Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, err.(*exec.ExitError).Stderr)
	}
	var all translated
	if err := json.Unmarshal(out, &all); err != nil {
		t.Fatal(err)
	}
	if len(all.Cases) < 1000 || all.Refused < 100 {
		t.Fatalf("%d values were taken and %d refused; want many of both", len(all.Cases), all.Refused)
	}
	var whole strings.Builder
	whole.WriteString("package p\nimport (\"math\"; \"time\")\nvar _, _ = math.Pi, time.Second\ntype Level any\n")
	for _, one := range all.Cases {
		whole.WriteString(one.Source)
		if problem := notPlain(one.Source, one.Texts); problem != "" {
			t.Errorf("%s in\n%s", problem, one.Source)
		}
	}
	// All of them in one program, which is so much faster: every name is another.
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "cells.go", whole.String(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (&types.Config{Importer: stubs{}}).Check("p", files, []*ast.File{file}, nil); err != nil {
		t.Error(err)
	}
}

// stubs are as much of the standard packages as our cells use. To check the real ones takes seconds.
type stubs struct{}

func (stubs) Import(path string) (*types.Package, error) {
	source := map[string]string{
		"math": "package math; const Pi = 3.14; func NaN() float64; func Inf(sign int) float64; func Copysign(f, sign float64) float64",
		"time": "package time; type Duration int64; const Second Duration = 1e9",
	}[path]
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path+".go", source, 0)
	if err != nil {
		return nil, err
	}
	return (&types.Config{IgnoreFuncBodies: true}).Check(path, files, []*ast.File{file}, nil)
}

// notPlain says in what a cell is more than one variable with a plain value, which holds the texts.
func notPlain(source string, texts []string) string {
	for line := range strings.Lines(source) {
		if !strings.HasPrefix(line, "var ") && line != "// Parameters\n" {
			return "a line that is no declaration"
		}
	}
	file, err := parser.ParseFile(token.NewFileSet(), "cell.go", "package p\n"+source, 0)
	if err != nil {
		return err.Error()
	}
	if len(file.Decls) != 1 {
		return "more than one declaration"
	}
	spec := file.Decls[0].(*ast.GenDecl).Specs[0].(*ast.ValueSpec)
	if len(spec.Names) != 1 || !slices.Equal(textsIn(spec.Values[0]), texts) {
		return "other names or texts than were given"
	}
	return ""
}

// textsIn returns the string literals in an expression. It panics when that is not plain.
func textsIn(value ast.Expr) []string {
	var texts []string
	ast.Inspect(value, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if name := types.ExprString(n.Fun); !slices.Contains([]string{"math.NaN", "math.Inf", "math.Copysign", "float32"}, name) {
				panic("a call of " + name)
			}
		case *ast.FuncLit, *ast.BinaryExpr, *ast.IndexExpr:
			panic("an expression that computes")
		case *ast.BasicLit:
			if n.Kind == token.STRING {
				text, err := strconv.Unquote(n.Value)
				if err != nil {
					panic(err)
				}
				texts = append(texts, text)
			}
		}
		return true
	})
	return texts
}

// declarations are what a parameters cell may hold; Go's own type checker is the judge of how they are read.
const declarations = `var a = 20_000 // int
var b, c = 1, 2
var d = -(1 + 2.5)*3
var e = 1 << 20
var f = 'x' + 1
var g = "a" + "b" // text
var h = 5 > 3 && !(2 == 1)
var i = []string{"a", "b"}
var j = map[string][]float64{"a": {1}}
var k = 2 * time.Second
var l = time.Duration(5)
var m float32 = .5
var n = [...]int{1, 2}
var o = [3]bool{true}
var p = uint8(3)
var q = 0x1F
var r = 1e3
var s any = 5
var t interface{} = "a"
var u = math.Pi / 2
var v = runtime.NumCPU() - 1
var w = math.MaxInt32
var x = math.Inf(1)
var y = len("abc") * 2
var z = ` + "`raw`" + ` /* a comment */
var aa = true
var bb = int64(7) % 3
var cc = 5.0 / 2 // half
var dd = []any{1, "a", nil}
var ee = 0x1p-2
var ff []byte
var gg = 1_0.5e1
var hh = map[int]string{}
`

func TestTypesAreReadAsGoReadsThem(t *testing.T) {
	t.Parallel()
	script := "import json, sys\nfrom gonb_papermill import declaration\n" +
		"json.dump({d.name: d.type.text for d in declaration.read(sys.stdin.read())}, sys.stdout)"
	cmd := venvPython(t, "-c", script)
	cmd.Stdin = strings.NewReader(declarations)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]string
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "cell.go", "package p\nimport (\"math\"; \"runtime\"; \"time\")\n"+declarations, 0)
	if err != nil {
		t.Fatal(err)
	}
	checked, err := (&types.Config{Importer: importer.ForCompiler(files, "source", nil)}).Check("p", files, []*ast.File{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	same := map[string]string{"interface{}": "any", "[...]int": "[2]int", "rune": "int32", "[]byte": "[]byte"}
	for _, name := range checked.Scope().Names() {
		want := checked.Scope().Lookup(name).Type().String()
		read := got[name]
		if other, ok := same[read]; ok {
			read = other
		}
		if name == "b" || name == "c" {
			want = "" // GoNB cannot replace one of two
		}
		if read != want && same[want] != read {
			t.Errorf("%s is read as %q, Go says %q", name, got[name], want)
		}
	}
}
