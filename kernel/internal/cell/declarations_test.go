package cell

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// declare returns the declarations after cells that were run in this order, and the last of them.
func declare(t testing.TB, cells ...string) (s Declarations, last *Parsed) {
	t.Helper()
	for _, code := range cells {
		parsed, err := Read(code).Parse(Origin{Owner: code})
		if err != nil {
			t.Fatalf("%q: %v", code, err)
		}
		s, last = s.With(parsed), parsed
	}
	return s, last
}

func TestALaterCellReplacesWhatItDeclaresAgain(t *testing.T) {
	for name, test := range map[string]struct {
		cells []string
		want  string // a declaration a line
	}{
		"of other kinds":                         {[]string{"const a = 1\ntype b int\nfunc c() {}\nvar d int", "func a() {}\nvar b, c int\ntype d int"}, "func a() {}\nvar b int\nvar c int\ntype d int"},
		"methods by type and name":               {[]string{"func (s *S[T]) M() {}\nfunc (s S[T]) N() {}", "func (x (*(S[E]))) M() {}"}, "func (s S[T]) N() {}\nfunc (x (*(S[E]))) M() {}"},
		"methods of what is no type any more":    {[]string{"type S int\nfunc (S) M() {}\nfunc (T) M() {}", "func S() {}"}, "func (T) M() {}\nfunc S() {}"},
		"one value for several variables":        {[]string{"var a, b = f()", "var b = 1"}, "var b = 1"},
		"a value for each variable":              {[]string{"var a, b, c string = f(), \"x\", g", "var b = 1"}, "var a string = f()\nvar c string = g\nvar b = 1"},
		"constants keep their places":            {[]string{"const (\n\ta, b = iota, -iota\n\tcde, d\n)", "var cde, a = 1, 2"}, "const (\n\t_, b = iota, -iota\n\t_  , d\n)\nvar cde = 1\nvar a = 2"},
		"a group whose every name is redeclared": {[]string{"const (\n\ta = iota\n\t_\n\tb\n)", "var a, b = 1, 2"}, "var a = 1\nvar b = 2"},
		"in the place of the cell":               {[]string{"var a = f()", "var b = f()", "var a = f()"}, "var a = f()\nvar b = f()"},
		"what has no name, when run again":       {[]string{"var _ = f()\nvar _ = f()", "var _ I = T{}", "var _ = f()\nvar _ = f()"}, "var _ = f()\nvar _ = f()\nvar _ I = T{}"},
		"every init":                             {[]string{"func init() { a() }\nfunc init() { b() }", "func init() { c() }"}, "func init() { c() }"},
		"with the comment above it":              {[]string{"// f does.\n//go:noinline\nfunc f() {}\n\n// about\n\n// x is.\nvar x int // trailing"}, "// f does.\n//go:noinline\nfunc f() {}\n// x is.\nvar x int"},
	} {
		s, _ := declare(t, test.cells...)
		var out strings.Builder
		for _, d := range s.declarations {
			d.write(&out)
		}
		if got := strings.TrimSuffix(out.String(), "\n"); got != test.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, test.want)
		}
	}
}

func TestAStoreNeverChanges(t *testing.T) {
	before, _ := declare(t, "import \"fmt\"\nconst (\n\ta = iota\n\tb\n)\nfunc f() {}")
	want := fmt.Sprint(before.Listed())
	parsed, err := Read("import fmt \"os\"\nvar a = 1\nfunc f() {}\nfunc g() {}").Parse(Origin{})
	if err != nil {
		t.Fatal(err)
	}
	before.With(parsed)
	if left, kind := before.Without("b"); kind != "const" || slices.Contains(left.Listed()["const"], "b") {
		t.Errorf("b is removed as %q: %v", kind, left.Listed())
	}
	if _, kind := before.Without("fmt"); kind != "import" {
		t.Errorf("fmt is removed as %q", kind)
	}
	if got := fmt.Sprint(before.Listed()); got != want {
		t.Errorf("lists %s, want %s", got, want)
	}
}

func TestDeclarationReturnsItsLine(t *testing.T) {
	c := Read("// a is.\nvar a, b = 1, 2\n/* two\nlines */\nfunc f() int {\n\treturn 1\n}\nconst (\n\tx = iota\n\ty // why\n)\ntype T struct {\n\tA int\n}")
	for name, want := range map[string]string{"a": "var a = 1", "b": "var b = 2", "y": "const y // why", "T": "type T struct {", "f": "func f() int {", "none": ""} {
		if got := c.Declaration(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	s, _ := declare(t, c.Text)
	if got := s.Kept(Read("var y, a = = 3")); !slices.Equal(got, []string{"var a = 1", "const y // why"}) {
		t.Errorf("kept: %q", got)
	}
}

func TestImportsAreThoseThatAreUsed(t *testing.T) {
	packages := NewPackages(goEnv(t, "GOROOT"), "", filepath.Join("..", "..", ".."), filepath.Join(t.TempDir(), "none"))
	for body, want := range map[string]string{
		"":                               "complete",
		"fmt.Println(rand.IntN(1))":      `complete "fmt" "math/rand/v2"`,
		"rand.Text()":                    `complete "crypto/rand"`,
		"rand.Seed(1)":                   `complete "math/rand"`,
		"template.HTML(1)":               `complete "html/template"`,
		"template.New(1)":                `complete "text/template"`,
		"pool.Map(1)":                    `complete "multiprocessing/lib/pool"`,
		"json.Marshal(1)":                `complete "encoding/json"`,
		"str.Cut(1)":                     `complete str "strings"`,
		"strings.Cut(1)":                 `complete "strings"`,
		"Sqrt(1)":                        `complete . "math"`,
		"max(1, log2(2))":                "complete", // names that package math has, too, but does not export
		"Stdout.Sync()":                  `complete . "os"`,
		"Exit(int(Pi))":                  `complete . "math" . "os"`,
		"_ = map[float64]int{Pi: 1}":     `complete . "math"`,
		"_ = [...]int{MaxInt8: 1}":       `complete . "math"`,
		"_ = T{Pi: 1}":                   "complete",
		"Cos()":                          "complete", // a cell declares it
		"Stdin.Sync()":                   "complete",
		"fmt := x\nfmt.Println()":        "complete",
		"yaml.Marshal(1)":                "incomplete",
		"var os struct{ x int }\nos.x++": "complete",
		"v.Method()":                     "complete",
	} {
		s, last := declare(t, "import (\n\tstr \"strings\"\n\t. \"math\"\n\t. \"os\"\n\t. \"time/tzdata\"\n)\nvar v, Stdin T\ntype T struct{ Pi int }\nfunc Cos() {}", "%%\n"+body)
		specs, complete := s.importsFor(last.main.uses, packages)
		got := strings.Join(append([]string{map[bool]string{true: "complete", false: "incomplete"}[complete]}, specs...), " ")
		if got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
	two, last := declare(t, "import \"math/rand\"\nimport \"crypto/rand\"\n%%\nrand.Int()")
	if specs, _ := two.importsFor(last.main.uses, packages); len(specs) != 2 {
		t.Errorf("imports %q; want both, and the compiler to say that they have one name", specs)
	}
	s, last := declare(t, "import \"example.com/unknown\"\nimport _ \"embed\"", "%%\n")
	if specs, complete := s.importsFor(last.main.uses, packages); complete || len(specs) != 2 {
		t.Errorf("imports %q, complete %t; want both, as nobody knows what they are called", specs, complete)
	}
	if name := NewPackages(goEnv(t, "GOROOT"), "", filepath.Join("..", "..", ".."), goEnv(t, "GOMODCACHE")).Name("github.com/go-gota/gota/series"); name != "series" {
		t.Errorf("gota's package is %q", name)
	}
}

func goEnv(t testing.TB, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// FuzzDeclarationsOfManyCells spreads declarations over cells, and compares what the composed program prints with what
// Go prints of a file with the last version of each.
func FuzzDeclarationsOfManyCells(f *testing.F) {
	f.Add(uint64(1))
	f.Add(uint64(4))
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 0))
		last := map[string]string{}
		var s Declarations
		for i := range 12 {
			var cell []string
			for _, name := range []string{"a", "b", "c", "d"} {
				if r.IntN(3) == 0 {
					last[name] = version(r, name, i)
					cell = append(cell, last[name])
				}
			}
			parsed, err := Read(strings.Join(cell, "\n")).Parse(Origin{fmt.Sprint(i), fmt.Sprintf("Cell [%d]", i)})
			if err != nil {
				t.Fatal(err)
			}
			s = s.With(parsed)
		}
		var file, body strings.Builder
		for name, declaration := range last {
			file.WriteString(declaration + "\n")
			body.WriteString("show" + name + "()\n")
		}
		parsed, err := Read("%%\n" + body.String()).Parse(Origin{"main", "Cell [99]"})
		if err != nil {
			t.Fatal(err)
		}
		packages := NewPackages(goEnv(t, "GOROOT"), "", "", "")
		got := goRun(t, s.With(parsed).Program(parsed, packages))
		want := goRun(t, "package main\nimport \"fmt\"\n"+file.String()+"func main() {\n"+body.String()+"}\n")
		if got != want {
			t.Errorf("prints %q, want %q", got, want)
		}
	})
}

// version declares a name in one of many ways, and a function that shows it.
func version(r *rand.Rand, name string, n int) string {
	ways := []string{
		"var NAME = N", "const NAME = N", "var NAME, _ = func() (int, int) { return N, 0 }()", "var (\n\t// NAME counts.\n\tNAME int = N\n)",
		"const (\n\t_ = iota + N\n\tNAME\n)", "func NAME() int { return N }", "type NAME[T any] struct{ v T }\nfunc (x NAME[T]) String() string { return fmt.Sprint(N, x.v) }",
		"type NAME int\nfunc (x *NAME) String() string { return \"N\" }",
	}
	shows := []string{"NAME", "NAME", "NAME", "NAME", "NAME", "NAME()", "NAME[int]{N}", "new(NAME)"}
	i := r.IntN(len(ways))
	text := ways[i] + "\nfunc showNAME() { fmt.Println(\"NAME\", " + shows[i] + ") }"
	return strings.NewReplacer("NAME", name, "N", fmt.Sprint(n)).Replace(text)
}

func goRun(t *testing.T, source string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(path, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "run", path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, source)
	}
	return string(out)
}
