package instrument

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// goStatement rewrites go f(args). The arguments are evaluated now.
func (p *program) goStatement(n *ast.GoStmt) string {
	call := n.Call
	if ident, ok := ast.Unparen(call.Fun).(*ast.Ident); ok {
		if _, builtin := p.info.Uses[ident].(*types.Builtin); builtin && ident.Name == "close" {
			return explorer + ".Go(" + p.receiver(call.Args[0]) + ".Close)"
		} else if builtin {
			p.problem(n, "%%schedules can follow a go statement only with close, of all built-in functions: write go func() { ... }()")
			return "_"
		}
	}
	literal, isLiteral := ast.Unparen(call.Fun).(*ast.FuncLit)
	signature, _ := under(p.info.TypeOf(call.Fun)).(*types.Signature)
	switch {
	case signature.Results().Len() > 0:
		p.problem(n, "%%schedules can follow a go statement only with a function without results")
	case signature.Variadic() || len(call.Args) > 4:
		p.problem(n, "%%schedules can follow a go statement only with up to four arguments, and without ...")
	case len(call.Args) == 0 && isLiteral:
		return explorer + ".Go(" + p.text(literal) + ")"
	case len(call.Args) == 0:
		return explorer + ".Go(" + p.text(call.Fun) + ")"
	}
	return fmt.Sprintf("%s.Go(%s.Bind%d(%s)(%s))", explorer, cells, len(call.Args), p.text(call.Fun), p.list(call.Args))
}

// selectStatement rewrites a select to a switch over the number of the case.
func (p *program) selectStatement(n *ast.SelectStmt) string {
	var held, from, cases []string
	fallback := false
	for i, clause := range n.Body.List {
		switch comm := clause.(*ast.CommClause).Comm.(type) {
		case nil:
			fallback = true
		case *ast.SendStmt:
			cases = append(cases, p.receiver(comm.Chan)+".OnSend("+p.text(comm.Value)+")")
		default:
			name := fmt.Sprintf(prefix+"%d", i)
			held, from = append(held, name), append(from, cells+".Receiving("+p.receiver(received(comm).X)+")")
			cases = append(cases, name+".Case()")
		}
	}
	try := map[bool]string{true: "Try"}[fallback]
	var out strings.Builder
	out.WriteString("switch ")
	if len(held) > 0 {
		out.WriteString(strings.Join(held, ", ") + " := " + strings.Join(from, ", ") + "; ")
	}
	out.WriteString(explorer + "." + try + "Select(" + strings.Join(cases, ", ") + ") ")
	at := p.offset(n.Body.Pos())
	number := 0
	for i, clause := range n.Body.List {
		c := clause.(*ast.CommClause)
		out.WriteString(p.source[at:p.offset(c.Pos())])
		if c.Comm == nil {
			out.WriteString("case -1:")
		} else {
			out.WriteString(fmt.Sprintf("case %d:", number) + p.received(c.Comm, fmt.Sprintf(prefix+"%d", i)))
			number++
		}
		at = p.offset(c.Colon) + 1
		out.WriteString(p.between(c, at, p.offset(c.End())))
		at = p.offset(c.End())
	}
	out.WriteString(p.source[at:p.offset(n.End())])
	return out.String()
}

// received is the receive in a case of a select.
func received(comm ast.Stmt) *ast.UnaryExpr {
	var e ast.Expr
	switch s := comm.(type) {
	case *ast.ExprStmt:
		e = s.X
	case *ast.AssignStmt:
		e = s.Rhs[0]
	}
	u, _ := ast.Unparen(e).(*ast.UnaryExpr)
	return u
}

// received returns the statement that gives variables what a case has received.
func (p *program) received(comm ast.Stmt, from string) string {
	s, ok := comm.(*ast.AssignStmt)
	if !ok {
		return ""
	}
	values := []string{from + ".Value", from + ".OK"}[:len(s.Lhs)]
	if s.Tok == token.DEFINE {
		return " " + p.source[p.offset(s.Pos()):p.offset(s.Rhs[0].Pos())] + strings.Join(values, ", ") + ";"
	}
	out := ""
	for i, lhs := range s.Lhs {
		out += " " + p.set(lhs, values[i]) + ";"
	}
	return out
}

// rangeStatement rewrites a loop over a channel or a slice.
func (p *program) rangeStatement(n *ast.RangeStmt) (string, bool) {
	if n.Tok == token.ASSIGN && (p.shared(n.Key) || n.Value != nil && p.shared(n.Value)) {
		p.problem(n, "%%schedules cannot follow a range that assigns a shared variable: declare it with :=")
	}
	head, from, to := p.offset(n.Pos()), p.offset(n.X.Pos()), p.offset(n.X.End())
	text := ""
	switch t := under(p.info.TypeOf(n.X)).(type) {
	case *types.Chan:
		text = p.receiver(n.X) + ".All()"
	case *types.Map:
		p.problem(n, "%%schedules cannot follow a range over a map: its order is another each time; go through slices.Sorted(maps.Keys(m))")
		return "", false
	case *types.Slice:
		if n.Value == nil || isBlank(n.Value) || watched(t.Elem()) {
			return "", false
		}
		text = cells + ".Elements(" + p.text(n.X) + ", " + p.name(n.X) + ")"
	case *types.Pointer:
		array, ok := under(t.Elem()).(*types.Array)
		if !ok || n.Value == nil || isBlank(n.Value) || watched(array.Elem()) {
			return "", false
		}
		x := n.X
		if u, ok := ast.Unparen(x).(*ast.UnaryExpr); ok && u.Op == token.AND {
			x = u.X
		}
		text = cells + ".Elements((" + p.text(n.X) + ")[:], " + p.name(x) + ")"
	default:
		return "", false
	}
	return p.source[head:from] + text + p.between(n, to, p.offset(n.End())), true
}

func isBlank(e ast.Expr) bool {
	ident, ok := e.(*ast.Ident)
	return ok && ident.Name == "_"
}

// loop adds Gosched to a loop that only waits: for !ready.Load() {}, or for {}.
func (p *program) loop(n *ast.ForStmt) (string, bool) {
	if n.Init != nil || n.Post != nil || len(n.Body.List) > 0 {
		return "", false
	}
	brace := p.offset(n.Body.Lbrace) + 1
	return p.between(n, p.offset(n.Pos()), brace) + " " + explorer + ".Gosched() " + p.source[brace:p.offset(n.End())], true
}

// local names the objects that a declaration within a function declares.
func (p *program) local(n *ast.DeclStmt) (string, bool) {
	d, ok := n.Decl.(*ast.GenDecl)
	if !ok || d.Tok != token.VAR {
		return "", false
	}
	text := p.within(n)
	for _, spec := range d.Specs {
		s := spec.(*ast.ValueSpec)
		for _, name := range s.Names {
			if v := p.info.Defs[name]; v != nil && name.Name != "_" && len(s.Values) == 0 && hasName(v.Type()) {
				text += "; " + explorer + ".SetName(" + quote(name.Name) + ", &" + name.Name + ")"
			}
		}
	}
	return text, true
}

// hasName reports whether the zero value of a type is an object that can be named.
func hasName(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && watched(t) && !has("Locker Context CancelFunc Timer", named.Obj().Name())
}
