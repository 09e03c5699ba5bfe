package front

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// inTrace is a line of a trace that is about the file that GoNB makes of all cells. GoNB marks the place in a cell, but
// in each piece of a trace by itself, as it comes from a pipe: Go writes a line in several, so that a path which comes
// in two is not marked, and a number which does is marked wrongly. So places are looked for anew here.
var inTrace = regexp.MustCompile(`(?m)^[ \t]*(?:\x1b\[7m\[\[ Cell (?:\[(\d+)\] )?Line (\d+) \]\]\x1b\[0m )?(\S*/gonb_\w+/main(?:_test)?\.go):(\d+)(?: \+0x[0-9a-f]+)?$`)

// places replaces files in a trace with places in cells, and returns the first of them.
func (f *front) places(trace string) (replaced string, first place) {
	files := map[string]string{}
	replaced = inTrace.ReplaceAllStringFunc(trace, func(found string) string {
		match := inTrace.FindStringSubmatch(found)
		if _, read := files[match[3]]; !read {
			content, _ := os.ReadFile(match[3]) // of one that is gone nothing is known
			files[match[3]] = string(content)
		}
		p, known := f.placeOf(files[match[3]], number(match[4]))
		switch {
		case known:
		case match[1] != "":
			p = place{number(match[1]), number(match[2])}
		default:
			return found
		}
		if first == (place{}) {
			first = p
		}
		return "\t" + bold + p.String() + plain + ": " + strings.TrimSpace(f.source(p))
	})
	return replaced, first
}

// placeOf finds the line of a cell that a line of main.go was made of: in the last cell that has the declaration around
// it, and there the equal line that is nearest to where it should be. Tools change spaces and drop blank lines.
func (f *front) placeOf(main string, line int) (place, bool) {
	lines := strings.Split(main, "\n")
	if line < 1 || line > len(lines) {
		return place{}, false
	}
	begin := declarationAt(main, line)
	if begin == 0 {
		return place{}, false
	}
	for _, e := range slices.Backward(f.history.entries) {
		cell := strings.Split(e.code, "\n")
		head := slices.IndexFunc(cell, func(l string) bool { return same(l, lines[begin-1]) })
		if head < 0 && same(lines[begin-1], "func main() {") {
			head = slices.IndexFunc(cell, beginsMain)
		}
		if head < 0 {
			continue
		}
		if at := nearest(cell, lines[line-1], head+line-begin); at >= 0 {
			return place{e.count, at + 1}, true
		}
	}
	return place{}, false
}

// declarationAt returns the line in which the top declaration around a line begins, or 0.
func declarationAt(source string, line int) int {
	files := token.NewFileSet()
	parsed, _ := parser.ParseFile(files, "", source, parser.SkipObjectResolution)
	if parsed == nil {
		return 0
	}
	for _, d := range parsed.Decls {
		if group, ok := d.(*ast.GenDecl); ok && group.Tok == token.IMPORT {
			continue
		}
		if begin := files.Position(d.Pos()).Line; begin <= line && line <= files.Position(d.End()).Line {
			return begin
		}
	}
	return 0
}

// nearest returns the index of the line that is the same as text and nearest to index at, or -1.
func nearest(lines []string, text string, at int) int {
	found := -1
	for i, l := range lines {
		if same(l, text) && (found < 0 || abs(i-at) < abs(found-at)) {
			found = i
		}
	}
	return found
}

func abs(n int) int { return max(n, -n) }

// same compares lines but for their spaces.
func same(a, b string) bool { return withoutSpaces(a) == withoutSpaces(b) }

func withoutSpaces(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}
