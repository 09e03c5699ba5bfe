package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// meaning is a sequence of cells, and what the last one prints: what a reader of Go expects.
type meaning struct {
	name  string
	cells []string
	want  string
}

var meanings = []meaning{
	{"methods of two generic types have one name", []string{
		"type Pair[K comparable, V any] struct{ Key K; Val V }\nfunc (p Pair[K, V]) String() string { return fmt.Sprint(p.Key, \"=\", p.Val) }\n" +
			"type Box[T any] struct{ V T }\nfunc (b Box[T]) String() string { return fmt.Sprint(\"[\", b.V, \"]\") }\n" +
			"%%\nfmt.Println(Pair[string, int]{\"a\", 1}, Box[bool]{true})"}, "a=1 [true]\n"},
	{"a method is declared again with another type parameter", []string{
		"type Stack[T any] struct{ items []T }\nfunc (s *Stack[T]) Push(v T) { s.items = append(s.items, v) }",
		"func (s *(Stack[E])) Push(v E) { s.items = append(s.items, v, v) }",
		"%%\nvar s Stack[int]\ns.Push(3)\nfmt.Println(s.items)"}, "[3 3]\n"},
	{"a declaration without a name, run four times", []string{
		"func f() int { fmt.Println(\"f\"); return 1 }",
		"var _ = f()", "var _ = f()", "var _ = f()", "var _ = f()",
		"%%\nfmt.Println(\"main\")"}, "f\nmain\n"},
	{"%rm removes a function, and the cell that calls it fails", []string{"%rm f", "%%\nfmt.Println(1)"}, ""},
	{"a variable without a name is gone after a reset", []string{"%reset", "%%\nfmt.Println(1)"}, "1\n"},
	{"two init functions of one cell", []string{
		"func init() { fmt.Println(\"one\") }\nfunc init() { fmt.Println(\"two\") }", "%%\nfmt.Println(\"main\")"}, "one\ntwo\nmain\n"},
	{"no init", []string{"%rm init", "%%"}, ""},
	{"lines of a raw string are no commands", []string{
		"%%\nfmt.Print(`a\n!touch made\n![chart](a.png)\n% done\n100 % done\n`)"}, "a\n!touch made\n![chart](a.png)\n% done\n100 % done\n"},
	{"lines of a comment are no commands", []string{"/*\n%env\n!false\n%%\n*/\n%%\nfmt.Println('\"', \"`\")\n// `\n!echo told"}, "told\n34 `\n"},
	{"CRLF in Go, and a raw string", []string{"var crlf = 1\r\n\r\n%%\r\nfmt.Print(crlf, `\r\nb\r\n`)\r\n"}, "1\nb\n"},
	{"CRLF in a setting", []string{"%env A b\r\n", "!echo \"[$A]\"\r\n"}, "[b]\n"},
	{"CRLF in a command that goes on", []string{"!echo a \\\r\n  b\r\n!echo c"}, "a b\nc\n"},
	{"CRLF in %%bash", []string{"%%bash\r\nif true; then\r\n  echo yes\r\nfi\r\n"}, "yes\n"},
	{"a name that generated code once used", []string{"var flag = false\nvar must, init_, flag_ = 1, 2, 3\n%%\nfmt.Println(flag, must, init_, flag_)"}, "false 1 2 3\n"},
	{"a flag", []string{"import \"flag\"\nvar n = flag.Int(\"n\", 1, \"\")\n%% --n=8\nfmt.Println(*n)"}, "8\n"},
	{"%exec", []string{"func show() { fmt.Println(*n, flag.Args()) }", "%exec show --n=9 x"}, "9 [x]\n"},
	{"a constant becomes a variable, and a type a function", []string{
		"const C = 1\ntype F struct{}\nfunc (F) M() {}", "var C = 2\nfunc F() int { return C }", "%%\nC++\nfmt.Println(C, F())"}, "3 3\n"},
	{"one of a group of constants", []string{"const (\n\tRed = iota\n\tGreen\n\tBlue\n)", "const Green = 10", "%%\nfmt.Println(Red, Green, Blue)"}, "0 10 2\n"},
	{"one of two variables", []string{"var one, two = 1, 2", "var one = 10", "%%\nfmt.Println(one, two)"}, "10 2\n"},
	{"imports by other names", []string{"import str \"strings\"", "import . \"math\"\nimport _ \"embed\"", "%%\nfmt.Println(str.ToUpper(\"a\"), Sqrt(4))"}, "A 2\n"},
	{"a package whose name two have", []string{"%%\nfmt.Println(rand.IntN(1), len(rand.Text()))"}, ""},
	{"what comes before main", []string{"func init_b() { fmt.Println(\"b\") }\nfunc init_a() { fmt.Println(\"a\") }\n%%\nfmt.Println(\"main\")"}, "a\nb\nmain\n"},
	{"no start", []string{"%rm init_a init_b", "%%"}, ""},
	{"a body's own main", []string{"func main() { fmt.Println(\"mine\") }"}, "mine\n"},
	{"a long line on standard error", []string{"%%\nfmt.Fprintln(os.Stderr, \"x:y:main.go:1:2: z\")\nfmt.Println(1)"}, "1\n"},
}

func TestACellMeansWhatGoSays(t *testing.T) {
	t.Parallel()
	c := startKernel(t, setUp(t))
	for _, m := range meanings {
		t.Run(m.name, func(t *testing.T) {
			was := c.t
			c.t = t
			defer func() { c.t = was }()
			var last *asked
			for _, code := range m.cells {
				last = c.execute(code)
			}
			if m.want != "" {
				last.wantOK(m.want)
			}
		})
	}
	r := c.execute("var s int = \"x:y:main.go:1:2: z\"\n")
	if !strings.Contains(r.said(), "line 1: cannot use \"x:y:main.go:1:2: z\"") {
		t.Errorf("said %s\n%s", r.said(), r.traceback())
	}
}

// An error says what the reader of a notebook has to do.
func TestAnErrorNamesTheCellThatHasToRunFirst(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.ipynb")
	const book = `{"cells": [
		{"cell_type": "markdown", "id": "m", "metadata": {}, "source": "var workers = 1"},
		{"cell_type": "code", "id": "p", "metadata": {}, "outputs": [], "execution_count": null, "source": "// How many there are.\nvar workers = 2 // 1 to 8"},
		{"cell_type": "code", "id": "i", "metadata": {}, "outputs": [], "execution_count": null, "source": "import str \"strings\""},
		{"cell_type": "code", "id": "t", "metadata": {}, "outputs": [], "execution_count": null, "source": "func (s *Stack[T]) Pop() (v T) { return v }"},
		{"cell_type": "code", "id": "f", "metadata": {}, "outputs": [], "execution_count": null, "source": "var failing = nothing"}
	], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}`
	if err := os.WriteFile(path, []byte(book), 0o600); err != nil {
		t.Fatal(err)
	}
	c := startKernel(t, setUp(t), "JPY_SESSION_NAME="+path)
	wants := func(code, want string) {
		t.Helper()
		if r := c.execute(code); r.status() != "error" || !strings.Contains(r.traceback(), want) {
			t.Errorf("%q: %s does not say %q\n%s", code, r.said(), want, r.traceback())
		}
	}
	wants("%%\nfmt.Println(workers)", "workers is declared by a cell that has not run since the kernel started: var workers = 2; run the parameters and imports first")
	if r := c.execute("%%\nfmt.Println(others)"); strings.Contains(r.traceback(), "imports first") {
		t.Errorf("a name that no cell of the notebook declares: %s", r.traceback())
	}
	wants("%%\nfmt.Println(str.ToUpper(\"a\"))", "str is declared by a cell that has not run since the kernel started: import str \"strings\"; run the parameters and imports first")
	c.execute("type Stack[T any] struct{}").wantOK("")
	wants("%%\nvar s Stack[int]\ns.Pop()", "Stack.Pop is declared by a cell that has not run since the kernel started: func (s *Stack[T]) Pop() (v T) { return v }; run")
	wants("%%\nvar _ interface{ Pop() int } = &Stack[int]{}", "Stack.Pop is declared by a cell that has not run")
	failing := c.execute("var failing = nothing")
	wants("%%\nfmt.Println(failing)", "failing is declared by "+cellOf(failing)+", which has failed, or has been removed since: var failing = nothing; run it again")
	for _, statement := range []string{"workers := 2", "fmt.Println(1)", "for {\n}", "x++", "func() {}()", "var x = 1\nx = 2", "{\n}", "1 + 1"} {
		wants(statement, "put statements below a line with %%")
	}
	wants("%%\nimport \"os\"", "put imports above the line with %%")
	wants("%%\nfunc f() {}", "put functions above the line with %%")
	wants("%%\nfunc (s *Stack[T]) Len() int { return 0 }", "put functions above the line with %%")
	c.execute("// How many.\nvar workers = 2").wantOK("")
	wants("workers = 3", "to change workers, write: var workers = 3")
	wants("\nworkers := 3 // three", "to change workers, write: var workers = 3 // three")
	wants("other = 3", "put statements below a line with %%")
	wants("var workers = two", "this cell has changed nothing; still declared: var workers = 2")
	wants("var workers = = 3", "this cell has changed nothing; still declared: var workers = 2")
	c.execute("%%\nfmt.Println(workers)").wantOK("2\n")
}

func TestWhereTheNotebookIsNotKnownAnErrorSaysWhatHasToRunFirst(t *testing.T) {
	t.Parallel()
	r := startKernel(t, setUp(t)).execute("%%\nfmt.Println(others)")
	if want := "no cell has declared anything since the kernel started: run the parameters and imports first"; !strings.Contains(r.traceback(), want) {
		t.Errorf("%s does not say %q", r.traceback(), want)
	}
}
