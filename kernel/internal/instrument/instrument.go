// Package instrument rewrites a program, so that the explorer in lib/schedules runs it by every schedule.
//
// Go statements, channel operations, the types of sync and sync/atomic, time.Sleep and timers, contexts, and accesses of
// variables that goroutines may share become calls of the explorer. go/types determines what is what. The rest of the
// program keeps its text, and every statement its line, so that errors and steps name the lines of the cell.
//
// A local variable is watched if a function literal or a pointer refers to it and it is assigned after its declaration.
// Variables of the package, and what pointers, slices and maps refer to, are always watched.
//
// A function of another package takes the steps that read, and if it changes them also write, all elements of its arguments
// before its call: slices.Sort of a slice, or fmt.Println of a struct with a map. A method of another package's type, such as
// strings.Builder, is one step. So data races are found, but not what a function would see while another goroutine writes.
//
// What the explorer does not support is a Problem that names the line:
//
//   - packages that are not in the lists of packages.go and replaced.go, so also reflection, and names of sync, sync/atomic,
//     time, context and runtime that the explorer does not have;
//   - functions of packages that use elements later, such as slices.Values, or that are values themselves, or in a defer;
//   - input and output by fmt, except Print, Println and Printf, which print nothing;
//   - a go statement with a built-in function other than close, a function with results, more than four arguments, or "...";
//   - a range over a map, package maps except in slices.Sorted(maps.Keys(m)) and slices.Sorted(maps.Values(m)), and a range that assigns a shared variable;
//   - := that also assigns a shared variable, of several values or in the head of an if, a for or a switch;
//   - an assignment of three or more values, one of them to a shared variable, or of two if one is to a map element or _;
//   - an assignment whose left side calls a function;
//   - make of a channel whose type is not written chan T;
//   - a channel type with a name of its own (type T chan E), and a type parameter for channels.
package instrument

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Problem is something in a program that the explorer cannot follow.
type Problem struct {
	Position token.Position // by the line directives of the program
	Message  string
	at       token.Pos
}

func (p Problem) Error() string { return fmt.Sprintf("%v: %s", p.Position, p.Message) }

// The names by which the program refers to the packages that it needs: lib/schedules, its package cells, and lib/display.
// They begin with a byte that no program contains, in place of a prefix that this one does not contain.
const (
	prefix   = "\xff"
	explorer = prefix + "schedules"
	cells    = prefix + "cells"
	display  = prefix + "display"
)

// withPrefix gives the names that were added to a program a prefix that the program does not contain.
func withPrefix(text, source string) string {
	own := "mp_"
	for strings.Contains(source, own) {
		own += "_"
	}
	return strings.ReplaceAll(text, prefix, own)
}

// Program rewrites a program. schedule is "" for all schedules, "play" for a player, or the name of one schedule for
// Replay. The first statement of main, which the front has inserted, stays as it is. If there are problems, rewritten is
// "". Problems are errors of the parser or the type checker or, if there are none, what the explorer does not support.
func Program(source, schedule string, packages *Packages) (rewritten string, problems []Problem) {
	p := &program{source: source, schedule: schedule, files: token.NewFileSet(), packages: packages, written: map[*types.Var]bool{}, captured: map[*types.Var]bool{}}
	if !p.parse() {
		return "", p.problems
	}
	p.check()
	p.reach()
	if p.problems = p.inReach(); len(p.problems) > 0 {
		return "", p.problems
	}
	p.share()
	p.namedResults()
	text := p.file()
	slices.SortStableFunc(p.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Position.Line, b.Position.Line), cmp.Compare(a.Position.Column, b.Position.Column))
	})
	if len(p.problems) > 0 {
		return "", slices.Compact(p.problems)
	}
	return withPrefix(text, source), nil
}

// program is a program that is being rewritten.
type program struct {
	source   string
	schedule string
	files    *token.FileSet
	packages *Packages
	syntax   *ast.File
	info     *types.Info
	pkg      *types.Package
	reached  map[types.Object]bool      // declared in the package and used
	captured map[*types.Var]bool        // also used in another function, or pointed to
	written  map[*types.Var]bool        // assigned after the declaration
	listed   map[*ast.AssignStmt]bool   // may become several statements
	inits    []ast.Node                 // what runs before main, and uses variables that the cell uses, too
	wraps    map[ast.Expr]wrap          // arguments of functions that use their elements
	called   map[*ast.SelectorExpr]bool // functions of other packages
	bodies   map[*ast.BlockStmt]*results
	returns  map[*ast.ReturnStmt]*results
	kept     map[string]bool // imports, by path, that the rewritten program needs
	problems []Problem
}

// checkFunction is declared for the cell: check(ok), or check(ok, format, values...).
const checkFunction = "\n//line generated:1:1\nfunc check(ok bool, message ...any) {}\n"

// parse parses the program.
func (p *program) parse() bool {
	if !strings.Contains(p.source, "func check(") {
		p.source += checkFunction
	}
	var err error
	p.syntax, err = parser.ParseFile(p.files, "", p.source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		p.problems = append(p.problems, Problem{Message: err.Error()})
	}
	return err == nil
}

// check checks the types of the program.
func (p *program) check() {
	p.info = &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Implicits: map[ast.Node]types.Object{}}
	config := types.Config{Importer: p.packages, Error: func(err error) {
		if e, ok := err.(types.Error); ok && !strings.HasSuffix(e.Msg, "imported and not used") {
			p.problems = append(p.problems, Problem{p.files.Position(e.Pos), p.explained(e.Msg), e.Pos})
		}
	}}
	p.pkg, _ = config.Check("main", p.files, []*ast.File{p.syntax}, p.info)
}

// explained returns a message of the type checker, or, if it is about a package that is not in a list, which ones are:
// for the type checker such a package is empty.
func (p *program) explained(message string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(message, "undefined: "), ".")
	for _, spec := range p.syntax.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		alias := filepath.Base(path)
		if spec.Name != nil {
			alias = spec.Name.Name
		}
		switch {
		case alias != name || !strings.Contains(message, "."):
		case !pure[path] && !needed[path]:
			return unknownPackage(path)
		case path == "runtime":
			return "%schedules cannot follow " + strings.TrimPrefix(message, "undefined: ")
		}
	}
	return message
}

// inReach returns the problems in what the cell uses.
func (p *program) inReach() []Problem {
	var reached []ast.Node
	for _, d := range p.syntax.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil && d.Name.Name == "main" || slices.Contains(p.inits, ast.Node(d)) || p.reached[p.info.Defs[d.Name]] {
				reached = append(reached, d)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if p.uses(spec) {
					reached = append(reached, spec)
				}
			}
		}
	}
	return slices.DeleteFunc(p.problems, func(problem Problem) bool {
		return !slices.ContainsFunc(reached, func(n ast.Node) bool { return n.Pos() <= problem.at && problem.at < n.End() })
	})
}

func (p *program) problem(n ast.Node, format string, values ...any) {
	p.problems = append(p.problems, Problem{p.files.Position(n.Pos()), fmt.Sprintf(format, values...), n.Pos()})
}

func (p *program) offset(pos token.Pos) int { return p.files.File(p.syntax.FileStart).Offset(pos) }

// object returns what an identifier declares or uses.
func (p *program) object(ident *ast.Ident) types.Object {
	if o := p.info.Defs[ident]; o != nil {
		return o
	}
	return p.info.Uses[ident]
}

// file returns the rewritten program.
func (p *program) file() string {
	p.kept, p.wraps, p.called = map[string]bool{}, map[ast.Expr]wrap{}, map[*ast.SelectorExpr]bool{}
	var out strings.Builder
	at := 0
	for _, d := range p.syntax.Decls {
		begin, end := p.offset(d.Pos()), p.offset(d.End())
		out.WriteString(p.source[at:begin])
		out.WriteString(p.declaration(d, p.source[begin:end]))
		at = end
	}
	out.WriteString(p.source[at:])
	text := out.String()
	head := p.offset(p.syntax.Name.End())
	imports := fmt.Sprintf("; import (%s %q; %s %q; %s %q)", explorer, "multiprocessing/lib/schedules", cells, "multiprocessing/lib/schedules/cells", display, "multiprocessing/lib/display")
	return text[:head] + imports + p.imports(text[head:])
}

// imports removes the imports that the program no longer needs. They are the first declaration.
func (p *program) imports(text string) string {
	offset := p.offset(p.syntax.Name.End())
	for _, spec := range p.syntax.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		begin, end := p.offset(spec.Pos())-offset, p.offset(spec.End())-offset
		if !p.kept[path] {
			text = text[:begin] + blank(text[begin:end]) + text[end:]
		}
	}
	return text
}

// blank keeps only the lines of a text.
func blank(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' {
			return r
		}
		return ' '
	}, strings.Map(func(r rune) rune { return min(r, '~') }, text))
}

// declaration rewrites a declaration of the package. What the cell does not use is removed.
func (p *program) declaration(d ast.Decl, text string) string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		switch o := p.info.Defs[d.Name]; {
		case d.Recv == nil && d.Name.Name == "main":
			return p.main(d)
		case d.Recv == nil && d.Name.Name == "init":
			i := slices.Index(p.inits, ast.Node(d))
			if i < 0 {
				return blank(text)
			}
			return p.source[p.offset(d.Pos()):p.offset(d.Name.Pos())] + p.initName(i) + p.between(d, p.offset(d.Name.End()), p.offset(d.End()))
		case !p.reached[o]:
			return blank(text)
		}
		return p.within(d)
	case *ast.GenDecl:
		if d.Tok == token.IMPORT {
			return text
		}
		used := false
		for _, spec := range d.Specs {
			used = used || p.uses(spec)
		}
		switch {
		case !used:
			return blank(text)
		case d.Tok == token.VAR:
			return p.variables(d)
		}
		return p.within(d)
	}
	return text
}

// uses reports whether the program uses something that a spec declares.
func (p *program) uses(spec ast.Spec) bool {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		return p.reached[p.info.Defs[s.Name]]
	case *ast.ValueSpec:
		return slices.ContainsFunc(s.Names, func(name *ast.Ident) bool { return p.reached[p.info.Defs[name]] })
	}
	return false
}

// main wraps the cell's statements, which come after the first statement of main, into an exploration. It uses the explorer
// even if the cell does not, because the program imports it.
func (p *program) main(d *ast.FuncDecl) string {
	if len(d.Body.List) == 0 {
		return p.within(d)
	}
	first := d.Body.List[0]
	begin, end := p.offset(d.Pos()), p.offset(first.End())
	body := p.between(d.Body, p.offset(first.End()), p.offset(d.Body.Rbrace))
	p.keepImports(first)
	cell := ""
	if len(d.Body.List) > 1 {
		cell = p.files.Position(d.Body.List[1].Pos()).Filename
	}
	return p.source[begin:end] + "; _ = " + explorer + ".Go; " + display + ".HTML(" + cells + ".Show(func() { " + p.reset() + p.callInits() + body + "}, " + quote(p.schedule) + ", " + quote(cell) + ")) }"
}

// variables rewrites variables of the package. The values are set again in each run, so they are removed here; a value
// stays if the declaration names no type, because the compiler takes the type from it.
func (p *program) variables(d *ast.GenDecl) string {
	var out strings.Builder
	at := p.offset(d.Pos())
	for _, spec := range d.Specs {
		s := spec.(*ast.ValueSpec)
		if len(s.Values) == 0 {
			continue
		}
		if s.Type == nil && !slices.ContainsFunc(s.Values, p.runs) {
			continue
		}
		if s.Type == nil {
			p.problem(s, "%s needs a type here, var %s T = ..., because its value is computed again in each run", s.Names[0].Name, s.Names[0].Name)
			continue
		}
		from, to := p.offset(s.Type.End()), p.offset(s.Values[len(s.Values)-1].End())
		out.WriteString(p.between(d, at, from) + blank(p.source[from:to]))
		at = to
	}
	out.WriteString(p.between(d, at, p.offset(d.End())))
	return out.String()
}

// runs reports whether the value of an expression must be computed in each run: it calls a function of the program, or
// reads a variable of the package.
func (p *program) runs(e ast.Expr) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			if ident, ok := n.Fun.(*ast.Ident); ok {
				_, builtin := p.info.Uses[ident].(*types.Builtin)
				found = found || !builtin && !p.info.Types[n.Fun].IsType()
			}
		case *ast.Ident:
			v, ok := p.info.Uses[n].(*types.Var)
			found = found || ok && p.global(v)
		}
		return true
	})
	return found
}

// reset returns statements that give the variables of the package their first values.
func (p *program) reset() string {
	var out strings.Builder
	set := map[types.Object]bool{}
	for _, i := range p.info.InitOrder {
		var names []string
		for _, v := range i.Lhs {
			if p.reached[v] {
				names = append(names, v.Name())
				set[v] = true
			} else {
				names = append(names, "_")
			}
		}
		if strings.Trim(strings.Join(names, ""), "_") != "" {
			out.WriteString(strings.Join(names, ", ") + " = " + strings.ReplaceAll(p.text(i.Rhs), "\n", " ") + "; ")
		}
	}
	scope := p.pkg.Scope()
	for _, name := range scope.Names() {
		if v, ok := scope.Lookup(name).(*types.Var); ok && p.reached[v] && !set[v] && name != "_" {
			out.WriteString(cells + ".Zero(&" + name + "); ")
		}
	}
	return out.String()
}
