package instrument

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

func quote(text string) string { return strconv.Quote(text) }

// expression rewrites an expression whose value is needed.
func (p *program) expression(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.ChanType:
		return "*" + explorer + ".Chan[" + p.text(e.Value) + "]", true
	case *ast.UnaryExpr:
		switch {
		case e.Op == token.ARROW:
			return p.receiver(e.X) + ".Recv()", true
		case e.Op == token.AND:
			if _, literal := ast.Unparen(e.X).(*ast.CompositeLit); !literal {
				return "&" + p.location(e.X), true
			}
		}
	case *ast.CallExpr:
		return p.call(e)
	case *ast.KeyValueExpr: // a key of a struct is no use of a variable
		if key, ok := e.Key.(*ast.Ident); ok {
			if v, ok := p.info.Uses[key].(*types.Var); ok && v.IsField() {
				return p.source[p.offset(e.Pos()):p.offset(e.Value.Pos())] + p.text(e.Value), true
			}
		}
	case *ast.SelectorExpr:
		if path := p.imported(e); path != "" {
			return p.qualified(e, path), true
		}
		if s := p.info.Selections[e]; s != nil {
			p.lacks(e, s)
		}
		if s := p.info.Selections[e]; s != nil && s.Kind() == types.MethodVal {
			if text, ok := p.foreignMethod(e, s); ok {
				return text, true
			}
			return p.method(e, s), true
		}
		if s := p.info.Selections[e]; s == nil || s.Kind() != types.FieldVal {
			return "", false
		}
	case *ast.IndexExpr:
		if p.isMap(e) {
			return cells + ".MapRead(" + p.text(e.X) + ", " + p.name(e.X) + ")[" + p.text(e.Index) + "]", true
		}
	case *ast.FuncLit:
		return "", false
	}
	if p.shared(e) {
		return "(*" + cells + ".At(&" + p.location(e) + ", " + p.name(e) + "))", true
	}
	switch e.(type) {
	case *ast.SelectorExpr, *ast.IndexExpr, *ast.StarExpr:
		if tv := p.info.Types[e]; tv.IsValue() {
			return p.location(e), true
		}
	}
	return "", false
}

// location rewrites an expression that stands for a place in memory. It reads the pointers and indexes that lead to the
// place, but not the place itself.
func (p *program) location(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return "(" + p.location(e.X) + ")"
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		if p.info.Selections[e] == nil {
			return p.text(e)
		}
		if _, pointer := under(p.info.TypeOf(e.X)).(*types.Pointer); pointer {
			return p.operand(e.X) + "." + e.Sel.Name
		}
		return p.location(e.X) + "." + e.Sel.Name
	case *ast.IndexExpr:
		if _, array := under(p.info.TypeOf(e.X)).(*types.Array); array {
			return p.location(e.X) + "[" + p.text(e.Index) + "]"
		}
		return p.operand(e.X) + "[" + p.text(e.Index) + "]"
	case *ast.StarExpr:
		return "*" + p.operand(e.X)
	}
	return p.text(e)
}

// operand rewrites an expression that something follows, such as an index.
func (p *program) operand(e ast.Expr) string {
	text := p.text(e)
	switch e.(type) {
	case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr, *ast.CallExpr, *ast.ParenExpr, *ast.CompositeLit, *ast.SliceExpr:
		return text
	}
	return "(" + text + ")"
}

// receiver rewrites a channel whose method is called.
func (p *program) receiver(e ast.Expr) string {
	if _, plain := types.Unalias(p.info.TypeOf(e)).(*types.Chan); !plain {
		p.namedChannel(e)
	}
	return p.operand(e)
}

// namedChannel is a problem: a type that is defined as a pointer has no methods, neither its own nor those of a channel.
func (p *program) namedChannel(n ast.Node) {
	p.problem(n, "%%schedules cannot follow a channel type with a name of its own, or a type parameter for channels: write chan T, or type Name = chan T")
}

// method rewrites the selection of a method. A method with a pointer receiver does not read what it is called on.
func (p *program) method(e *ast.SelectorExpr, s *types.Selection) string {
	if p.byAddress(e, s) {
		return p.location(e.X) + "." + e.Sel.Name
	}
	return p.operand(e.X) + "." + e.Sel.Name
}

// byAddress reports whether a method gets the address of the variable on which it is called.
func (p *program) byAddress(e *ast.SelectorExpr, s *types.Selection) bool {
	signature, ok := s.Obj().Type().(*types.Signature)
	if !ok || signature.Recv() == nil {
		return false
	}
	_, pointer := under(p.info.TypeOf(e.X)).(*types.Pointer)
	_, byPointer := signature.Recv().Type().(*types.Pointer)
	return byPointer && !pointer
}

func (p *program) isMap(e ast.Expr) bool {
	index, ok := ast.Unparen(e).(*ast.IndexExpr)
	if !ok || !p.info.Types[index].IsValue() {
		return false
	}
	_, ok = under(p.info.TypeOf(index.X)).(*types.Map)
	return ok
}

func (p *program) isChannel(e ast.Expr) bool {
	t := p.info.TypeOf(e)
	if t == nil {
		return false
	}
	_, ok := under(t).(*types.Chan)
	return ok
}

// call rewrites calls of built-in functions, of atomic functions and of check.
func (p *program) call(e *ast.CallExpr) (string, bool) {
	if p.info.Types[e.Fun].IsType() && len(e.Args) == 1 {
		p.conversion(e)
		return "", false
	}
	fun := ast.Unparen(e.Fun)
	if index, ok := fun.(*ast.IndexExpr); ok {
		fun = index.X
	}
	switch f := fun.(type) {
	case *ast.Ident:
		if _, builtin := p.info.Uses[f].(*types.Builtin); builtin {
			return p.builtin(e, f.Name)
		}
		if o := p.info.Uses[f]; o != nil && f.Name == "check" && o.Parent() == p.pkg.Scope() && p.files.Position(o.Pos()).Filename == "generated" {
			return p.checkCall(e), true
		}
	case *ast.SelectorExpr:
		if operation := atomicOperation(f.Sel.Name); operation != "" && p.imported(f) == "sync/atomic" {
			return p.atomic(e, operation), true
		}
		if path := p.imported(f); pure[path] {
			p.foreign(e, f, path)
		}
	}
	return "", false
}

func (p *program) list(exprs []ast.Expr) string {
	var parts []string
	for _, e := range exprs {
		parts = append(parts, p.text(e))
	}
	return strings.Join(parts, ", ")
}

func (p *program) checkCall(e *ast.CallExpr) string {
	switch {
	case len(e.Args) < 2:
		return explorer + ".Check(" + p.list(e.Args) + ")"
	case types.Identical(types.Default(p.info.TypeOf(e.Args[1])), types.Typ[types.String]):
		return explorer + ".Checkf(" + p.list(e.Args) + ")"
	}
	return explorer + ".Checkf(" + p.text(e.Args[0]) + ", " + quote(strings.Repeat("%v ", len(e.Args)-1)) + ", " + p.list(e.Args[1:]) + ")"
}

func (p *program) builtin(e *ast.CallExpr, name string) (string, bool) {
	var first ast.Expr
	if len(e.Args) > 0 {
		first = e.Args[0]
	}
	switch {
	case name == "make" && p.isChannel(first):
		size := "0"
		if len(e.Args) > 1 {
			size = "int(" + p.text(e.Args[1]) + ")"
		}
		element := ""
		if t, ok := first.(*ast.ChanType); ok {
			element = p.text(t.Value)
		} else {
			p.problem(e, "%%schedules can make a channel only of a type chan T")
		}
		return explorer + ".NewChan[" + element + "](" + size + ")", true
	case name == "close":
		return p.receiver(first) + ".Close()", true
	case (name == "len" || name == "cap") && p.isChannel(first):
		return p.receiver(first) + "." + strings.ToUpper(name[:1]) + name[1:] + "()", true
	case name == "len" && isMapType(p.info.TypeOf(first)):
		return "len(" + cells + ".MapRead(" + p.text(first) + ", " + p.name(first) + "))", true
	case name == "delete":
		return "delete(" + cells + ".MapWrite(" + p.text(first) + ", " + p.name(first) + "), " + p.text(e.Args[1]) + ")", true
	case name == "clear" && isMapType(p.info.TypeOf(first)):
		return "clear(" + cells + ".MapWrite(" + p.text(first) + ", " + p.name(first) + "))", true
	case name == "clear":
		return cells + ".Clear(" + p.text(first) + ", " + p.name(first) + ")", true
	case name == "copy":
		return p.copied(e), true
	case name == "append":
		return p.appended(e), true
	case name == "new" && first != nil && watched(p.info.TypeOf(first)):
		return "", false
	}
	return "", false
}

func isMapType(t types.Type) bool {
	_, ok := under(t).(*types.Map)
	return ok
}

// atomic rewrites a call such as atomic.AddInt64(&n, 1).
func (p *program) atomic(e *ast.CallExpr, operation string) string {
	name := p.name(e.Args[0])
	if address, ok := ast.Unparen(e.Args[0]).(*ast.UnaryExpr); ok {
		name = p.name(address.X)
	}
	rest := ""
	if len(e.Args) > 1 {
		rest = ", " + p.list(e.Args[1:])
	}
	return cells + ".Atomic" + operation + "(" + p.text(e.Args[0]) + ", " + name + rest + ")"
}
