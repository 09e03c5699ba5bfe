package cell

import (
	"encoding/json"
	"go/parser"
	"go/scanner"
	"go/token"
	"os"
	"slices"
	"strings"
	"testing"
)

// readingCase is a case of testdata/reading.json, which the package for papermill is tested with, too.
type readingCase struct {
	Name, Cell   string
	Go, Commands []string // of Go the lines that are not blank, outside of main
	Body         []string // of main; null without
}

func readingCases(t testing.TB) (cases []readingCase) {
	t.Helper()
	content, err := os.ReadFile("testdata/reading.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, &cases); err != nil {
		t.Fatal(err)
	}
	return cases
}

func TestCommandsAreFoundOutsideOfStringsAndCommentsOnly(t *testing.T) {
	for _, test := range readingCases(t) {
		c := Read(test.Cell)
		outside, body := c.Go, ""
		if c.Main >= 0 {
			outside, body = c.Go[:c.Main], c.Go[c.Main:]
		}
		if got := filled(outside); !slices.Equal(got, test.Go) {
			t.Errorf("%s: Go is %q, want %q", test.Name, got, test.Go)
		}
		if got := filled(body); !slices.Equal(got, test.Body) || (c.Main < 0) != (test.Body == nil) {
			t.Errorf("%s: the body is %q, want %q", test.Name, got, test.Body)
		}
		var commands []string
		for _, command := range c.Commands {
			commands = append(commands, command.Text)
		}
		if !slices.Equal(commands, test.Commands) {
			t.Errorf("%s: commands %q, want %q", test.Name, commands, test.Commands)
		}
	}
}

// filled are the lines that are not blank.
func filled(source string) (lines []string) {
	for line := range strings.SplitSeq(source, "\n") {
		if line = strings.TrimRight(line, " "); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

func TestSyntaxErrorsNameTheLineOfTheCell(t *testing.T) {
	for code, want := range map[string]string{
		"!ls\nx := 1":              "line 2: expected declaration, found x; put statements below a line with %%",
		"!ls\n%%\nx := = 1":        "line 3: expected operand, found '='",
		"%%\n}\nfunc f() {":        "line 2: unexpected }: it has no matching { after %%",
		"%%\nf(\"a\nb\")":          "line 2: string literal not terminated",
		"var x = `\r\n`\r\nvar 3":  "line 3: expected 'IDENT', found 3",
		"%%\nfunc main() {}\nf()":  "line 2: expected '(', found main; put functions above the line with %%",
		"package a\npackage b":     "line 2: expected declaration, found 'package'; put statements below a line with %%",
		"type T struct {\n\tA int": "line 2: expected '}', found 'EOF'",
	} {
		if _, err := Read(code).Parse(Origin{}); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", code, err, want)
		}
	}
}

// checkCommands checks, with Go's scanner as the judge, that no line within a raw string or a comment is taken for a
// command, and that every other line that looks like one is.
func checkCommands(t *testing.T, c *Cell) {
	t.Helper()
	if c.Special != "" {
		return
	}
	inside := linesInside(c.Go)
	lines := strings.Split(c.Go, "\n")
	for i, line := range strings.Split(c.Text, "\n") {
		switch blanked := strings.Trim(lines[i], " ") == ""; {
		case inside[i] && line != lines[i]:
			t.Errorf("line %d of %q is within a string or a comment, and became %q", i+1, c.Text, lines[i])
		case !inside[i] && isCommand(line) && !blanked:
			t.Errorf("line %d of %q is a command, and was taken for Go", i+1, c.Text)
		}
	}
}

// linesInside returns the lines of a source that begin within a raw string or a comment.
func linesInside(source string) map[int]bool {
	inside, files := map[int]bool{}, token.NewFileSet()
	var s scanner.Scanner
	file := files.AddFile("", -1, len(source))
	s.Init(file, []byte(source), func(token.Position, string) {}, scanner.ScanComments)
	for {
		pos, tok, text := s.Scan()
		if tok == token.EOF {
			return inside
		}
		if tok == token.STRING || tok == token.COMMENT { // one that has several lines
			first := strings.Count(source[:file.Offset(pos)], "\n")
			for i := range strings.Count(text, "\n") {
				inside[first+1+i] = true
			}
		}
	}
}

func FuzzCells(f *testing.F) {
	for _, test := range readingCases(f) {
		f.Add(test.Cell)
	}
	for _, code := range []string{"import (", "func f[T any](", "type T[", "func (", "var (\n_, = 1\n)", "const (a = iota; b", "import \"fmt\"\n%%\nfmt.", "\xff`", "func (x.y) z()", "%exec", "var x, y = f(\n%%\n)"} {
		f.Add(code)
	}
	packages := NewPackages(goEnv(f, "GOROOT"), "", "", "")
	f.Fuzz(func(t *testing.T, code string) {
		c := Read(code)
		if len(c.Go) != len(c.Text) {
			t.Fatalf("%d bytes of %d are Go or blanks", len(c.Go), len(c.Text))
		}
		for i := range c.Go {
			if c.Go[i] != c.Text[i] && (c.Go[i] != ' ' || c.Text[i] == '\n') {
				t.Fatalf("byte %d of %q became %q", i, c.Text, c.Go[i])
			}
		}
		checkCommands(t, c)
		c.Status()
		for _, name := range []string{"x", "y", "_", ""} {
			c.Declaration(name)
		}
		draft, head := Declarations{}.Draft(c, packages)
		if lines := strings.Count(draft, "\n") - head - strings.Count(c.Text, "\n"); lines < 0 || lines > 2 {
			t.Errorf("%d lines more than the cell has, in %q", lines, draft)
		}
		parsed, err := c.Parse(Origin{"cell", "Cell [1]"})
		if err != nil {
			return
		}
		program := Declarations{}.With(parsed).Program(parsed, packages)
		if _, err := parser.ParseFile(token.NewFileSet(), "", program, parser.SkipObjectResolution); err != nil && parsed.exec == "" && !strings.Contains(code, "//line") && !strings.Contains(code, "/*line") {
			t.Errorf("%q becomes a program with a syntax error: %v\n%s", code, err, program)
		}
	})
}
