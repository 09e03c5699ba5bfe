package instrument

import (
	"go/ast"
	"go/types"
	"strings"
)

// Functions of Go and of its packages that use the elements of slices and maps.

// writers are the functions of packages that change the elements of their arguments, and appenders those that may also
// change the elements behind their end.
const (
	writers   = "Sort SortFunc SortStableFunc Stable Reverse Delete DeleteFunc Compact CompactFunc Ints Strings Float64s Slice SliceStable EncodeRune"
	appenders = "Insert Replace AppendSeq"
)

// later are the functions of slices and bytes whose results use the elements of an argument later.
const later = "All Values Backward Chunk NewBuffer NewReader"

// wrap is what comes before and after the text of an argument.
type wrap struct{ before, after string }

// appended rewrites append.
func (p *program) appended(e *ast.CallExpr) string {
	first := e.Args[0]
	begin := cells + ".Append(" + blank(p.source[p.offset(e.Lparen)+1:p.offset(first.Pos())]) + p.text(first) + ", " + p.name(first) + ")("
	if len(e.Args) == 1 {
		return begin + ")"
	}
	if second := e.Args[1]; e.Ellipsis.IsValid() {
		p.wraps[second] = wrap{cells + ".Values(", ", " + p.name(second) + ")"}
		if isText(p.info.TypeOf(second)) {
			p.wraps[second] = wrap{"[]byte(", ")"}
		}
	}
	return begin + blank(p.source[p.offset(first.End()):p.offset(e.Args[1].Pos())]) + p.between(e, p.offset(e.Args[1].Pos()), p.offset(e.End()))
}

// copied rewrites copy.
func (p *program) copied(e *ast.CallExpr) string {
	from := e.Args[1]
	p.wraps[from] = wrap{p.name(from) + ", ", ""}
	if isText(p.info.TypeOf(from)) {
		p.wraps[from] = wrap{p.name(from) + ", []byte(", ")"}
	}
	return cells + ".Copy(" + p.name(e.Args[0]) + ", " + p.between(e, p.offset(e.Lparen)+1, p.offset(e.End()))
}

func isText(t types.Type) bool {
	b, ok := under(t).(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

// conversion marks the argument of a conversion that reads elements: string(bytes) and [3]int(slice).
func (p *program) conversion(e *ast.CallExpr) {
	_, slice := under(p.info.TypeOf(e.Args[0])).(*types.Slice)
	_, array := under(p.info.TypeOf(e)).(*types.Array)
	if slice && (array || isText(p.info.TypeOf(e))) {
		p.wraps[e.Args[0]] = wrap{cells + ".Values(", ", " + p.name(e.Args[0]) + ")"}
	}
}

// foreign marks the arguments of a function of another package whose elements it uses.
func (p *program) foreign(e *ast.CallExpr, f *ast.SelectorExpr, path string) {
	p.called[f] = true
	name := f.Sel.Name
	if path == "slices" && name == "Sorted" {
		p.sortedMap(e.Args[0])
	}
	for _, arg := range e.Args {
		t := p.info.TypeOf(arg)
		if path == "fmt" {
			if p.prints(t) && !(e.Ellipsis.IsValid() && arg == e.Args[len(e.Args)-1] && isEmptyList(arg)) {
				p.wraps[arg] = wrap{cells + ".Printed(", ", " + p.name(arg) + ")"}
			}
			continue
		}
		switch under(t).(type) {
		case *types.Slice, *types.Map:
		default:
			continue
		}
		if n, ok := types.Unalias(t).(*types.Named); ok && n.Obj().Pkg() == p.pkg && path == "sort" && n.NumMethods() > 0 {
			continue // its methods use the elements
		}
		function := "Values"
		switch {
		case has(later, name) || strings.HasSuffix(name, "Seq") && path == "bytes":
			p.problem(e, "%%schedules cannot follow %s.%s, which uses the elements later: write a loop", path, name)
		case has(appenders, name) || strings.HasPrefix(name, "Append"):
			function = "Room"
		case has(writers, name):
			function = "Changed"
		}
		p.wraps[arg] = wrap{cells + "." + function + "(", ", " + p.name(arg) + ")"}
	}
}

// sortedMap marks the map in slices.Sorted(maps.Keys(m)), which reads it at once, in an order that does not matter.
func (p *program) sortedMap(arg ast.Expr) {
	call, ok := ast.Unparen(arg).(*ast.CallExpr)
	if !ok {
		return
	}
	if s, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && p.imported(s) == "maps" && has("Keys Values", s.Sel.Name) {
		p.called[s] = true
		p.wraps[call.Args[0]] = wrap{cells + ".MapRead(", ", " + p.name(call.Args[0]) + ")"}
	}
}

func isEmptyList(e ast.Expr) bool {
	ident, ok := e.(*ast.Ident)
	return ok && ident.Name == "nil"
}

// prints reports whether fmt follows pointers when it prints a value of a type.
func (p *program) prints(t types.Type) bool {
	if t == nil || watched(t) {
		return false
	}
	for _, method := range []string{"Error", "String", "Format"} {
		if o, _, _ := types.LookupFieldOrMethod(t, false, p.pkg, method); o != nil {
			if _, ok := o.(*types.Func); ok {
				return false // the method says what is printed
			}
		}
	}
	switch u := under(t).(type) {
	case *types.Slice, *types.Map, *types.Interface:
		return true
	case *types.Pointer:
		switch under(u.Elem()).(type) {
		case *types.Struct, *types.Array, *types.Slice, *types.Map:
			return !watched(u.Elem())
		}
	case *types.Array:
		return p.prints(u.Elem())
	case *types.Struct:
		for field := range u.Fields() {
			if _, pointer := under(field.Type()).(*types.Pointer); !pointer && p.prints(field.Type()) {
				return true
			}
		}
	}
	return false
}

// uncalled reports a function of another package that is a value: the calls of the value cannot be followed.
func (p *program) uncalled(s *ast.SelectorExpr, path string) {
	f, ok := p.info.Uses[s.Sel].(*types.Func)
	if !ok || p.called[s] || !pure[path] {
		return
	}
	for v := range f.Signature().Params().Variables() {
		switch under(v.Type()).(type) {
		case *types.Slice, *types.Map:
			if path != "fmt" {
				p.problem(s, "%%schedules cannot follow %s.%s as a value, because it uses elements: call it in a function", path, s.Sel.Name)
				return
			}
		}
	}
}

// foreignMethod rewrites the selection of a method of another package's type, such as strings.Builder: a call changes its
// variable, except of methods that only read.
func (p *program) foreignMethod(e *ast.SelectorExpr, s *types.Selection) (string, bool) {
	signature, ok := s.Obj().Type().(*types.Signature)
	if !ok || signature.Recv() == nil || s.Obj().Pkg() == nil || !pure[s.Obj().Pkg().Path()] {
		return "", false
	}
	function := "Changed"
	if has("String Len Cap Available Size", s.Obj().Name()) {
		function = "Values"
	}
	if _, slice := under(signature.Recv().Type()).(*types.Slice); slice {
		return cells + "." + function + "(" + p.text(e.X) + ", " + p.name(e.X) + ")." + e.Sel.Name, true
	}
	if _, pointer := signature.Recv().Type().(*types.Pointer); !pointer || len(s.Index()) > 1 {
		return "", false
	}
	x := p.text(e.X)
	if p.byAddress(e, s) {
		x = "&" + p.location(e.X)
	}
	return cells + ".Receiver(" + x + ", " + p.name(e.X) + ", " + map[bool]string{true: "true", false: "false"}[function == "Changed"] + ")." + e.Sel.Name, true
}
