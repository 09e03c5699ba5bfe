//go:build unix

package main

import (
	"strings"
	"testing"
)

var withoutColors = strings.NewReplacer("\x1b[31m", "", "\x1b[1m", "", "\x1b[0m", "")

// parametersCell is one of a notebook, with these values.
func parametersCell(workers, share, work string) string {
	return "var workers = " + workers + " // how many there are; 1 to 64\n" +
		"var share = " + share + "     // the part that one does; 0.0 to 0.5\n" +
		"var work = " + work + "       // how it is; one of \"equal\", \"unequal\""
}

// importsCell is folded in a notebook.
const importsCell = `import "multiprocessing/lib/parameter"

func init_parameters() {
	parameter.Between("workers", workers, 1, 64)
	parameter.Between("share", share, 0.0, 0.5)
	parameter.OneOf("work", work, "equal", "unequal")
}

func each(n int) int { return n / workers }`

// An error of a parameter is one line, whatever the value is, and wherever it is found first.
func TestAValueThatDoesNotFitAParameterIsALineAboutThat(t *testing.T) {
	t.Parallel()
	c := startKernel(t, setUp(t))
	const cure = "; change it in the parameters cell, run that cell, then this one"
	for _, test := range []struct{ cell, line, want string }{
		{parametersCell("100", "0.1", `"equal"`), "1", "workers (int) must be from 1 to 64, got 100"},
		{parametersCell("-1", "0.1", `"equal"`), "1", "workers (int) must be from 1 to 64, got -1"},
		{parametersCell(`"four"`, "0.1", `"equal"`), "1", `workers (int) must be from 1 to 64, got "four" (string)`},
		{parametersCell("2.5", "0.1", `"equal"`), "1", "workers (int) must be from 1 to 64, got 2.5 (float64)"},
		{parametersCell("nil", "0.1", `"equal"`), "1", "workers (int) must be from 1 to 64, got nil (use of untyped nil in variable declaration)"},
		{parametersCell("0x", "0.1", `"equal"`), "1", "workers (int) must be from 1 to 64, got 0x (hexadecimal literal has no digits)"},
		{parametersCell("", "0.1", `"equal"`), "1", "workers (int) must be from 1 to 64, got nothing (expected operand, found 'var')"},
		{parametersCell("2", "1", `"equal"`), "2", "share (float64) must be from 0.0 to 0.5, got 1 (int)"},
		{parametersCell("2", "true", `"equal"`), "2", "share (float64) must be from 0.0 to 0.5, got true (bool)"},
		{parametersCell("2", "0,1", `"equal"`), "2", "share (float64) must be from 0.0 to 0.5, got 0,1 (extra init expr 1)"},
		{parametersCell("2", "0.1", "unequal"), "3", `work (string) must be one of "equal", "unequal", got unequal (undefined: unequal)`},
		{parametersCell("2", "0.1", `"other"`), "3", `work (string) must be one of "equal", "unequal"; got "other"`},
		{parametersCell("2", "0.1", "3"), "3", `work (string) must be one of "equal", "unequal", got 3 (int)`},
	} {
		// In a kernel that has just started the cell that uses the value is the first that can fail.
		c.execute("%reset")
		first := c.execute(test.cell)
		if first.status() == "ok" {
			first = c.execute(importsCell)
		}
		c.execute("%reset")
		c.execute(parametersCell("2", "0.1", `"equal"`)).wantOK("")
		c.execute(importsCell).wantOK("")
		again := c.execute(test.cell)
		for name, r := range map[string]*asked{"first": first, "again": again} {
			_, said, _ := strings.Cut(r.said(), " line ")
			want := test.line + ": " + test.want + cure
			if kept := strings.Index(said, "; it keeps its last valid value, "); kept >= 0 && name == "again" {
				end := kept + strings.Index(said[kept+1:], ";") + 1
				said = said[:kept] + said[end:]
			}
			shown := withoutColors.Replace(r.traceback())
			if r.status() != "error" || said != want || shown != field(*r.reply, "evalue") || strings.Join(r.kinds(), " ") != "error" {
				t.Errorf("%s: published %q, stderr %q, said\n%s\nwant\n%s\nand showed\n%s", name, r.kinds(), r.stream("stderr"), r.said(), want, shown)
			}
		}
	}
	c.execute(parametersCell("3", "0.1", `"equal"`)).wantOK("")
	if r := c.execute(parametersCell("two", "0.1", `"equal"`)); !strings.Contains(r.said(), "; it keeps its last valid value, 3; change it") {
		t.Errorf("said %s", r.said())
	}
	if r := c.execute("%%\nvar s string = workers\nfmt.Println(s)"); !strings.Contains(r.said(), "line 2: cannot use workers (variable of type int) as string value") {
		t.Errorf("a mistake of the cell's own: %s", r.said())
	}
	if r := c.execute("workers = 3 // how many; 1 to 64"); !strings.HasSuffix(r.said(), "to change workers, write: var workers = 3 // how many; 1 to 64") {
		t.Errorf("a statement: %s", r.said())
	}
	if r := c.execute("func share() {}\nvar workers = 3 // how many; 1 to 64\nvar workers = 4"); !strings.Contains(r.said(), "workers redeclared") || strings.Contains(r.traceback(), "main.go") {
		t.Errorf("declared twice: %s\n%s", r.said(), r.traceback())
	}
	c.execute("%%\nfmt.Println(workers)").wantOK("3\n")
}

func TestAChangeThatAnOldCellDoesNotFitNamesBothCells(t *testing.T) {
	t.Parallel()
	c := startKernel(t, setUp(t))
	for _, test := range []struct{ old, change, user, name, remove string }{
		{"func area(w, h int) int { return w * h }\n\nfunc double() int { return 2 * area(1, 2) }", "func area(w int) int { return w }", "line 3", "area", "double"},
		{"func get() int { return 1 }\n\nvar got int = get()", "func get() string { return \"\" }", "line 3", "get", "got"},
		{"type P struct{ X, Y int }\n\nfunc (p P) Norm() int { return p.X*p.X + p.Y*p.Y }", "\ntype P struct{ X float64 }", "line 3", "P", "P~Norm"},
		{"type S interface{ A() int }\ntype Q struct{}\n\nfunc (Q) A() int { return 1 }\nvar s S = Q{}", "type S interface{ A() string }", "line 5", "S", "s"},
		{"type R struct{}\n\nfunc (R) A(n int) int { return n }\nfunc use(r R) int { return r.A(1) }", "func (R) A() int { return 1 }", "line 4", "R.A", "use"},
		{"var limit = 10\n\nfunc below(n int) bool {\n\treturn n < limit\n}", "var limit = \"ten\"", "line 4", "limit", "below"},
		{"const size = 3\n\nvar arr [size]int", "const size = \"three\"", "line 3", "size", "arr"},
		{"const (\n\tA = iota\n\tB\n)\n\nvar b [B]int", "const C, B = 1, \"b\"", "line 6", "B", "b"},
		{"type N int\n\nfunc two() N { return N(1) + 1 }", "type N string", "line 3", "N", "two"},
		{"func id[T any](v T) T { return v }\n\nvar one = id(1)", "func id[T fmt.Stringer](v T) T { return v }", "line 3", "id", "one"},
		{"import str \"strings\"\n\nfunc up() string { return str.ToUpper(\"a\") }", "import str \"strconv\"", "line 3", "str", "up"},
		{"func out() { fmt.Println(1) }", "var fmt = 1", "line 1", "fmt", "out"},
	} {
		c.execute("%reset")
		old := c.execute(test.old)
		old.wantOK("")
		r := c.execute(test.change)
		at := "line 1"
		if strings.HasPrefix(test.change, "\n") {
			at = "line 2"
		}
		user, change := cellOf(old)+" "+test.user+": ", "; "+cellOf(r)+" "+at+" now declares "+test.name+" otherwise: change both in one cell, or run %rm "+test.remove+" first"
		if said := field(*r.reply, "evalue"); r.status() != "error" || !strings.HasPrefix(said, user) || !strings.HasSuffix(said, change) {
			t.Errorf("%q, then %q: said\n%s\nwant\n%s...%s", test.old, test.change, said, user, change)
		}
		c.execute("%rm " + test.remove)
		c.execute(test.change).wantOK("")
	}
	c.execute("%reset")
	old := c.execute("func area(w, h int) int { return w * h }\nfunc double() int { return 2 * area(1, 2) }")
	changed := c.execute("func area(w int) int { return w }")
	user := c.execute("func double() int { return 2 * area(1) }")
	want := "area is declared otherwise by " + cellOf(changed) + " line 1, which was not built; what counts is " + cellOf(old) + " line 1: func area(w, h int) int { return w * h }"
	if shown := withoutColors.Replace(user.traceback()); !strings.Contains(shown, want) {
		t.Errorf("%q is not in\n%s", want, shown)
	}
	c.execute("func area(w, h int) int { return w * h }\nfunc double() int { return 2 * area(1, 2) }").wantOK("")
	if r := c.execute("func double() int { return 2 * area(1) }"); strings.Contains(r.traceback(), "what counts") {
		t.Errorf("showed %s", r.traceback())
	}
	c.execute("%rm double")
	c.execute("func area(w int) int { return w }").wantOK("")
	if r := c.execute("func double() int { return 2 * area(1, 1) }"); strings.Contains(r.traceback(), "what counts") {
		t.Errorf("showed %s", r.traceback())
	}
	c.execute("%reset")
	c.execute("func pair() (int, int) { return 1, 2 }\nvar a, b = pair()\nvar c = b").wantOK("")
	if r := c.execute("var a = 3"); !strings.HasSuffix(r.said(), "line 1 declares a again, which removed b: declare both there") {
		t.Errorf("said %s", r.said())
	}
	c.execute("type gone int\nfunc left() gone { return 1 }").wantOK("")
	c.execute("%rm gone").wantOK(". removed type gone\n")
	if r := c.execute("var d = 1"); !strings.HasSuffix(r.said(), "line 2: undefined: gone; nothing declares gone any more: run its cell again, or %rm left") {
		t.Errorf("said %s", r.said())
	}
	c.execute("%rm left")
	if r := c.execute("var d = 1\nfunc e() int { return d + f }"); strings.Contains(r.said(), "otherwise") || !strings.Contains(r.said(), "line 2: undefined: f") {
		t.Errorf("a mistake of the cell's own: %s", r.said())
	}
}
