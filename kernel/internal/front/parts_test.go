package front

import (
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestACellIsCompleteIncompleteOrInvalid(t *testing.T) {
	for status, cells := range map[string][]string{
		"complete":   {"", "%%\nfmt.Println(1)", "var x int", "!ls \\\n -l", "%%bash\nif true", "import \"fmt\"\n\n%% --n=8\nfmt.Println()", "var s = `%d\n`", "type a struct {\n}"},
		"incomplete": {"%%", "%%\nif true {", "func f(", "/* a", "var x = `a\n", "%%\nx := 1 +", "func f() {\n\tfor {"},
		"invalid":    {"x := 1", "%%\n}", "func f() { := }", "var 3 int"},
	} {
		for _, cell := range cells {
			if got := isComplete(cell); got["status"] != status {
				t.Errorf("%q is %s, want %s", cell, got["status"], status)
			}
		}
	}
	if got := isComplete("func f() {\n\tfor {")["indent"]; got != strings.Repeat(" ", 8) {
		t.Errorf("the next line begins with %q, want two times four spaces", got)
	}
}

func TestOnlyShellCommandsAreChanged(t *testing.T) {
	for code, want := range map[string]string{
		"x\n!ls":               "x\n!" + trap + "ls",
		"!*go get x":           "!*" + trap + "go get x",
		"//gonb:! ls":          "//gonb:! " + trap + "ls",
		"!a \\\n!b\n!c":        "!" + trap + "a \\\n!b\n!" + trap + "c",
		"%env A \\\n!b":        "%env A \\\n!b",
		"%%bash\necho\n!x":     "%%bash\n" + trap + "echo\n!x",
		"%%writefile a\n!x":    "%%writefile a\n!x",
		"%%script python3\n!x": "%%script python3\n!x",
		"if !x {\n}":           "if !x {\n}",
		"! \n%\t":              "\n",
		"%%bash":               "%%bash",
	} {
		if got, _ := withStatus(code); got != want {
			t.Errorf("%q becomes %q, want %q", code, got, want)
		}
		if got, _ := withStatus(code); strings.Count(got, "\n") != strings.Count(code, "\n") {
			t.Errorf("%q: lines are moved", code)
		}
	}
}

func TestTheHistoryIsFoundAndBounded(t *testing.T) {
	var h history
	for i := range 1200 {
		h.add(i+1, fmt.Sprintf("cell %d", i%600))
	}
	if len(h.entries) != historyLimit || h.code(1200) != "cell 599" || h.code(1) != "" {
		t.Errorf("%d remembered, the last %q, the first %q", len(h.entries), h.code(1200), h.code(1))
	}
	for _, test := range []struct {
		want  historyRequest
		first string
		n     int
	}{
		{historyRequest{Type: "tail", N: 3}, "cell 597", 3},
		{historyRequest{Type: "range", Start: 1000, Stop: 1002}, "cell 399", 2},
		{historyRequest{Type: "range", Session: 7}, "", 0},
		{historyRequest{Type: "search", Pattern: "cell 59?"}, "cell 590", 20},
		{historyRequest{Type: "search", Pattern: "cell 59?", Unique: true}, "cell 590", 10},
		{historyRequest{Type: "search", Pattern: "["}, "", 0},
	} {
		found := h.find(test.want)
		if len(found) != test.n || test.n > 0 && found[0].code != test.first {
			t.Errorf("%+v: found %d, %v", test.want, len(found), found)
		}
	}
	h.add(1201, strings.Repeat("x", historyBytes))
	if len(h.entries) != 1 {
		t.Errorf("%d remembered beside a cell of 4 MB", len(h.entries))
	}
}

func TestTheEndOfLongOutputIsKept(t *testing.T) {
	var o output
	for i := range 200_000 {
		o.keep(piece{"stdout", fmt.Sprintln("line", i)})
	}
	var all strings.Builder
	for _, p := range o.tail {
		all.WriteString(p.text)
	}
	if n := all.Len(); n < tailLimit || n > tailLimit+32<<10 || n != o.tailSize || !strings.HasSuffix(all.String(), "line 199999\n") {
		t.Errorf("%d bytes are kept and %d counted, want little over %d", n, o.tailSize, tailLimit)
	}
	if got := wholeLines("a\nbé"); got != "a\n" {
		t.Errorf("cut to %q", got)
	}
	if got := wholeLines("é"[:1]); got != "" {
		t.Errorf("half a character is cut to %q", got)
	}
	if got := fromLine("é"[1:] + "x"); got != "x" {
		t.Errorf("from half a character on: %q", got)
	}
}

func TestOfAHugeCrashTheBeginningIsKeptAndTheRestCounted(t *testing.T) {
	var k crash
	timer := func(time.Duration, func()) *time.Timer { return time.NewTimer(time.Hour) }
	if rest := k.take("before\npanic: much\n", nil, timer); rest != "before\n" {
		t.Errorf("%q is not of it", rest)
	}
	for range 10 {
		if rest := k.take(strings.Repeat("x", 100_000), nil, timer); rest != "" {
			t.Errorf("%d bytes are not of it", len(rest))
		}
	}
	text := k.release()
	if !strings.HasPrefix(text, "panic: much\nxxx") || !strings.HasSuffix(text, "x\n[left out: 0.7 MB more of this]\n") {
		t.Errorf("%d bytes, which end with %q", len(text), text[len(text)-50:])
	}
	if text := k.release(); text != "" {
		t.Errorf("%q is still held", text)
	}
}

func TestAnOverlayDeclaresEachNameOnce(t *testing.T) {
	const base = "package main\n\nimport \"fmt\"\n\ntype T struct{ A int }\n\nfunc (t T) M() {}\n\nvar a, b = 1, 2\n\nfunc old() {}\n\nfunc main() { fmt.Println() }\n"
	file, head := overlay(base, "import \"os\"\n\ntype T struct{ B int }\n%%\nos.Exit(strings.Count(\"\", \"\"))", map[string]string{"strings": "strings"})
	parsed, err := parser.ParseFile(token.NewFileSet(), "", file, parser.SkipObjectResolution)
	if err != nil {
		t.Fatalf("%v\n%s", err, file)
	}
	var all []string
	for _, declaration := range parsed.Decls {
		all = append(all, declared(declaration)...)
	}
	slices.Sort(all)
	if want := []string{"T", "T.M", "a", "b", "main", "old"}; !slices.Equal(all, want) {
		t.Errorf("declares %q, want %q\n%s", all, want, file)
	}
	for _, path := range []string{`"fmt"`, `"os"`, `"strings"`} {
		if strings.Count(file, "import "+path) != 1 {
			t.Errorf("imports %s not once\n%s", path, file)
		}
	}
	if line := strings.Split(file, "\n")[head+4]; !strings.HasPrefix(line, "os.Exit") {
		t.Errorf("line 5 of the cell is %q", line)
	}
}

func TestPlacesInATraceAreFoundAlsoWhereGoNBDidNotMarkThemOrMarkedThemWrongly(t *testing.T) {
	file := filepath.Join(t.TempDir(), "gonb_0123abcd", "main.go")
	const main = "package main\n\nimport (\n\t\"flag\"\n\t\"fmt\"\n)\n\n" +
		"func deep(n int) {\n\tif n > 0 {\n\t\tdeep(n - 1)\n\t}\n\tpanic(n)\n}\n\nfunc main() {\n\tflag.Parse()\n\tfmt.Println(1)\n\n\tdeep(7)\n}\n"
	if err := os.Mkdir(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(main), 0o600); err != nil {
		t.Fatal(err)
	}
	f := &front{}
	f.history.add(1, "func deep(n int) {\n\tpanic(1)\n}") // replaced by the next
	f.history.add(2, "// deep goes down.\nfunc deep(n int)  {\n if n>0 {\n  deep(n-1)\n }\n panic(n)\n}")
	f.history.add(3, "%%\ndeep := deep\nfmt.Println(1)\n\n\n\ndeep(7)")
	f.history.add(4, "%%\nfmt.Println(1)\n\n\n\ndeep(7)")
	got, first := f.places("main.deep(...)\n\t" + file + ":12\nmain.deep(0x1)\n\t \x1b[7m[[ Cell [2] Line 1 ]]\x1b[0m " + file + ":10 +0x1d\n" +
		"main.main()\n\t \x1b[7m[[ Cell [4] Line 6 ]]\x1b[0m " + file + ":19 +0x65\nruntime.main()\n\t/usr/lib/go/src/runtime/proc.go:12")
	want := "main.deep(...)\n\tCell [2] line 6: panic(n)\nmain.deep(0x1)\n\tCell [2] line 4: deep(n-1)\nmain.main()\n\tCell [4] line 6: deep(7)\nruntime.main()\n\t/usr/lib/go/src/runtime/proc.go:12"
	if got = colors.ReplaceAllString(got, ""); got != want || first != (place{2, 6}) {
		t.Errorf("first %v in\n%s\nwant\n%s", first, got, want)
	}
	for _, line := range []string{"0", "4", "99", "99999999999999999999"} { // of which it knows nothing
		trace := "\t" + file + ":" + line
		if got, _ := f.places(trace); got != trace {
			t.Errorf("line %s: %q", line, got)
		}
		if got, _ := f.places("\t \x1b[7m[[ Cell [3] Line 1 ]]\x1b[0m " + file + ":" + line); colors.ReplaceAllString(got, "") != "\tCell [3] line 1: %%" {
			t.Errorf("line %s, marked: %q", line, got)
		}
	}
}

func FuzzCellsAreTakenApartWithoutPanic(f *testing.F) {
	for _, code := range []string{"%%\nx", "!a\\\n", "import (", "func f[T any](", "type T[", "%%bash", "var x = `", "\xff", "!"} {
		f.Add(code)
	}
	f.Fuzz(func(t *testing.T, code string) {
		isComplete(code)
		if changed, _ := withStatus(code); strings.Count(changed, "\n") != strings.Count(code, "\n") {
			t.Errorf("lines are moved: %q", changed)
		}
		if file, head := overlay("", code, nil); strings.Count(file, "\n") < head {
			t.Errorf("%d lines before the cell in %q", head, file)
		}
		cursor := len([]rune(code)) / 2
		question{code, &cursor}.at()
	})
}
