package cell

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"regexp"
	"strconv"
	"strings"
)

// Origin is the cell that a declaration comes from.
type Origin struct {
	Owner string // the same for each run of one cell
	Label string // for line directives
}

// Parsed is the Go of a cell, split into declarations.
type Parsed struct {
	origin       Origin
	declarations []*declaration
	imports      []*importSpec
	main         *declaration // func main, or the body after %%
	body         bool         // main is the body after %%
	exec         string       // the function named by %exec
	test         bool
}

// declaration declares one name, or several that only work together.
type declaration struct {
	origin  Origin
	names   []name
	kind    token.Token
	doc     piece  // the comment above the keyword
	keyword string // written before pieces; empty for functions and constants, whose single piece contains it
	pieces  []piece
	uses    []use
	starts  bool   // it is a func init_...() that runs before main
	comment string // behind variables, on their line
}

// name is a declared name: "x", "T.Method" for a method, "_" or "init".
type name struct {
	text string
	at   int // offset in pieces[0]; used for functions and constants only
}

// piece is a part of a cell's Go, with its position in the cell.
type piece struct {
	line, column int
	text         string
}

// use is an unresolved identifier. For a selector name.symbol both fields are set. Otherwise name is empty, and symbol is
// predeclared, dot-imported, or declared in another cell.
type use struct{ name, symbol string }

type importSpec struct {
	origin Origin
	alias  string
	path   string
	at     piece // alias and path
}

// SyntaxError is the first syntax error of a cell.
type SyntaxError struct {
	Line, Column int // from 1; Column counts bytes
	Message      string
	offset       int
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Message) }

const (
	clause    = "package main\n"
	mainBegin = "func main() {"
	mainEnd   = "\n}\n"
)

// reading is a cell's Go as a file for Go's parser. source has one line more than the cell, at the top.
type reading struct {
	cell       *Cell
	origin     Origin
	source     string
	files      *token.FileSet
	file       *ast.File
	unresolved map[*ast.Ident]bool
}

// parse parses the cell. After a syntax error the result holds what the parser recovered.
func (c *Cell) parse(origin Origin) (*reading, error) {
	r := &reading{cell: c, origin: origin, source: clause + c.Go, files: token.NewFileSet(), unresolved: map[*ast.Ident]bool{}}
	if c.Main >= 0 {
		r.source = clause + c.Go[:c.head()] + mainBegin + c.Go[c.head():] + mainEnd
	}
	var err error
	r.file, err = parser.ParseFile(r.files, "", r.source, parser.ParseComments)
	for _, ident := range r.file.Unresolved {
		r.unresolved[ident] = true
	}
	ast.Inspect(r.file, r.addKeys)
	return r, err
}

// addKeys adds the unresolved keys of a map or an array, which the parser does not list: they could be fields.
func (r *reading) addKeys(n ast.Node) bool {
	literal, ok := n.(*ast.CompositeLit)
	if !ok {
		return true
	}
	switch literal.Type.(type) {
	case *ast.MapType, *ast.ArrayType:
		for _, element := range literal.Elts {
			if pair, ok := element.(*ast.KeyValueExpr); ok {
				if key, ok := pair.Key.(*ast.Ident); ok && key.Obj == nil {
					r.unresolved[key] = true
				}
			}
		}
	}
	return true
}

// head returns the offset at which main begins: on the line %%, so that no line is moved.
func (c *Cell) head() int {
	if c.Main > 0 && c.Go[c.Main-1] == '\n' {
		return c.Main - 1
	}
	return c.Main
}

// Parse splits the cell's Go into declarations. An error is a *SyntaxError.
func (c *Cell) Parse(origin Origin) (*Parsed, error) {
	r, err := c.parse(origin)
	var list scanner.ErrorList
	if errors.As(err, &list) && len(list) > 0 {
		return nil, r.syntaxError(list[0])
	}
	p := r.parsed()
	if err := r.checkMain(); err != nil {
		return nil, err
	}
	for _, command := range c.Commands {
		switch command.Name() {
		case "%exec":
			p.exec, _, _ = strings.Cut(command.Arguments(), " ")
		case "%test":
			p.test = true
		}
	}
	return p, nil
}

// isMain reports whether d is the function that begins at %%.
func (r *reading) isMain(d ast.Decl) bool {
	return r.cell.Main >= 0 && r.offset(d.Pos()) == len(clause)+r.cell.head()
}

// checkMain returns an error if a brace in the body closes main.
func (r *reading) checkMain() error {
	for _, d := range r.file.Decls {
		if end := r.offset(d.End()); r.isMain(d) && end != len(r.source)-1 {
			return r.errorAt(end-1, "unexpected }: it has no matching { after %%")
		}
	}
	return nil
}

// offset converts a position to an offset in r.source.
func (r *reading) offset(p token.Pos) int { return r.files.File(r.file.FileStart).Offset(p) }

// inCell converts an offset in r.source to one in the cell.
func (r *reading) inCell(offset int) int {
	offset -= len(clause)
	if c := r.cell; c.Main >= 0 && offset > c.head() {
		offset = max(c.head(), offset-len(mainBegin))
	}
	return min(max(offset, 0), len(r.cell.Go))
}

func (r *reading) syntaxError(first *scanner.Error) *SyntaxError {
	e := r.errorAt(first.Pos.Offset, first.Msg)
	line := strings.Split(r.cell.Go, "\n")[e.Line-1]
	switch below := r.cell.Main >= 0 && e.offset >= r.cell.Main; {
	case r.cell.Main < 0 && (strings.Contains(first.Msg, "expected declaration") || literalCall.MatchString(line)):
		e.Message += "; put statements below a line with %%"
	case below && strings.Contains(first.Msg, "found 'import'"):
		e.Message += "; put imports above the line with %%"
	case below && functionLine.MatchString(line):
		e.Message += "; put functions above the line with %%"
	}
	return e
}

var (
	literalCall  = regexp.MustCompile(`^\s*func\(`) // gofmt sets a blank between func and a receiver
	functionLine = regexp.MustCompile(`^\s*func\s+(?:\([^()]*\)\s*)?\w+[\[(]`)
)

func (r *reading) errorAt(offset int, message string) *SyntaxError {
	before := r.cell.Go[:r.inCell(offset)]
	return &SyntaxError{strings.Count(before, "\n") + 1, len(before) - strings.LastIndexByte(before, '\n'), message, len(before)}
}

// piece returns the text of the cell from one position to another.
func (r *reading) piece(from, to token.Pos) piece {
	begin, end := r.inCell(r.offset(from)), r.inCell(r.offset(to))
	at := r.files.PositionFor(from, false)
	return piece{at.Line - 1, at.Column, r.cell.Go[begin:max(begin, end)]}
}

func (r *reading) of(n ast.Node) piece { return r.piece(n.Pos(), n.End()) }

// withDoc returns the text of a declaration with the comment above it.
func (r *reading) withDoc(d ast.Decl, doc *ast.CommentGroup) piece {
	if doc != nil {
		return r.piece(doc.Pos(), d.End())
	}
	return r.of(d)
}

// within returns the offset of a name in the text of a declaration.
func (r *reading) within(text piece, d ast.Decl, ident *ast.Ident) int {
	at := len(text.text) - (r.inCell(r.offset(d.End())) - r.inCell(r.offset(ident.Pos())))
	return min(max(at, 0), len(text.text)) // a recovered syntax tree may have offsets outside of text
}

func (r *reading) doc(groups ...*ast.CommentGroup) piece {
	if group := cmp.Or(groups...); group != nil {
		return r.of(group)
	}
	return piece{}
}

func (r *reading) parsed() *Parsed {
	p := &Parsed{origin: r.origin}
	for _, d := range r.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			r.addFunction(p, d)
		case *ast.GenDecl:
			r.addGroup(p, d)
		}
	}
	return p
}

func (r *reading) addFunction(p *Parsed, d *ast.FuncDecl) {
	out := &declaration{origin: r.origin, kind: token.FUNC, uses: r.uses(d)}
	if r.isMain(d) {
		out.pieces = []piece{{line: strings.Count(r.cell.Go[:r.cell.Main], "\n") + 1, column: 1, text: r.cell.Go[r.cell.Main:]}}
		p.main, p.body = out, true
		return
	}
	out.pieces = []piece{r.withDoc(d, d.Doc)}
	text := d.Name.Name
	if d.Recv != nil && len(d.Recv.List) > 0 {
		text = receiver(d.Recv.List[0].Type) + "." + text
	} else if text == "main" && p.main == nil {
		p.main = out
		return
	}
	out.names = []name{{text, r.within(out.pieces[0], d, d.Name)}}
	out.starts = strings.HasPrefix(text, "init_") && d.Type.TypeParams == nil && d.Type.Params.NumFields()+d.Type.Results.NumFields() == 0
	p.declarations = append(p.declarations, out)
}

func receiver(expr ast.Expr) string {
	switch e := expr.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.ParenExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.IndexListExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

func (r *reading) addGroup(p *Parsed, d *ast.GenDecl) {
	if d.Tok == token.CONST { // values depend on the position in the group
		out := &declaration{origin: r.origin, kind: d.Tok, pieces: []piece{r.withDoc(d, d.Doc)}, uses: r.uses(d)}
		for _, spec := range d.Specs {
			for _, ident := range spec.(*ast.ValueSpec).Names {
				out.names = append(out.names, name{ident.Name, r.within(out.pieces[0], d, ident)})
			}
		}
		p.declarations = append(p.declarations, out)
		return
	}
	for _, spec := range d.Specs {
		var single *ast.CommentGroup
		if !d.Lparen.IsValid() {
			single = d.Doc
		}
		switch s := spec.(type) {
		case *ast.ImportSpec:
			r.addImport(p, s)
		case *ast.TypeSpec:
			p.declarations = append(p.declarations, &declaration{origin: r.origin, kind: d.Tok, doc: r.doc(s.Doc, single), keyword: "type ",
				names: []name{{text: s.Name.Name}}, pieces: []piece{r.of(s)}, uses: r.uses(s)})
		case *ast.ValueSpec:
			r.addVariables(p, s, r.doc(s.Doc, single))
		}
	}
}

func (r *reading) addImport(p *Parsed, s *ast.ImportSpec) {
	path, err := strconv.Unquote(s.Path.Value)
	if err != nil {
		return
	}
	spec := &importSpec{origin: r.origin, path: path, at: r.piece(s.Pos(), s.Path.End())}
	if s.Name != nil {
		spec.alias = s.Name.Name
	}
	p.imports = append(p.imports, spec)
}

// addVariables adds a declaration for each variable, but only one for variables that share a call: var a, b = f().
func (r *reading) addVariables(p *Parsed, s *ast.ValueSpec, doc piece) {
	comment := strings.TrimSpace(s.Comment.Text())
	if len(s.Names) == 1 || len(s.Values) > 0 && len(s.Values) != len(s.Names) {
		out := &declaration{origin: r.origin, kind: token.VAR, doc: doc, keyword: "var ", pieces: []piece{r.piece(s.Pos(), lastOf(s).End())}, uses: r.uses(s), comment: comment}
		for _, ident := range s.Names {
			out.names = append(out.names, name{text: ident.Name})
		}
		p.declarations = append(p.declarations, out)
		return
	}
	for i, ident := range s.Names {
		out := &declaration{origin: r.origin, kind: token.VAR, doc: doc, keyword: "var ", names: []name{{text: ident.Name}}, pieces: []piece{r.of(ident)}, comment: comment}
		if s.Type != nil {
			out.pieces, out.uses = append(out.pieces, r.of(s.Type)), r.uses(s.Type)
		}
		if len(s.Values) > 0 {
			value := r.of(s.Values[i])
			out.pieces, out.uses = append(out.pieces, piece{text: "="}, value), append(out.uses, r.uses(s.Values[i])...)
		}
		p.declarations = append(p.declarations, out)
	}
}

// lastOf returns the last part of a spec before its comment.
func lastOf(s *ast.ValueSpec) ast.Node {
	switch {
	case len(s.Values) > 0:
		return s.Values[len(s.Values)-1]
	case s.Type != nil:
		return s.Type
	}
	return s.Names[len(s.Names)-1]
}

func (r *reading) uses(n ast.Node) (uses []use) {
	seen := map[use]bool{}
	add := func(u use) {
		if !seen[u] {
			seen[u] = true
			uses = append(uses, u)
		}
	}
	ast.Inspect(n, func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok {
			if ident, ok := selector.X.(*ast.Ident); ok && r.unresolved[ident] {
				add(use{ident.Name, selector.Sel.Name})
				return false
			}
		}
		if ident, ok := n.(*ast.Ident); ok && r.unresolved[ident] {
			add(use{"", ident.Name})
		}
		return true
	})
	return uses
}

// IsTest reports whether the cell runs its tests and has no other main.
func (p *Parsed) IsTest() bool { return p != nil && p.test }

// Tests lists the tests and benchmarks that a cell with %test declares.
func (p *Parsed) Tests() (names []string) {
	for _, d := range p.declarations {
		if text := d.names[0].text; p.test && text != "TestMain" && !strings.Contains(text, ".") &&
			(strings.HasPrefix(text, "Test") || strings.HasPrefix(text, "Benchmark")) && d.kind == token.FUNC {
			names = append(names, text)
		}
	}
	return names
}
