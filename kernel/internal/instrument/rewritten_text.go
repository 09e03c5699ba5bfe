package instrument

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// text rewrites a node. Everything that has no rule keeps its text.
func (p *program) text(n ast.Node) string {
	if rewritten, ok := p.rule(n); ok {
		return rewritten
	}
	return p.within(n)
}

// within rewrites what is in a node.
func (p *program) within(n ast.Node) string {
	return p.between(n, p.offset(n.Pos()), p.offset(n.End()))
}

// between rewrites the part of a node's text between two offsets.
func (p *program) between(n ast.Node, begin, end int) string {
	var out strings.Builder
	at := begin
	ast.Inspect(n, func(child ast.Node) bool {
		if child == nil || child == n {
			return child == n
		}
		from, to := p.offset(child.Pos()), p.offset(child.End())
		if to <= at || from >= end {
			return false
		}
		if from < at { // partly copied: its children
			return true
		}
		rewritten, ok := p.rule(child)
		if !ok {
			return true
		}
		out.WriteString(p.source[at:from] + rewritten)
		at = to
		return false
	})
	return out.String() + p.source[at:max(at, end)]
}

// rule rewrites a node if there is a rule for it.
func (p *program) rule(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case ast.Expr:
		if w, ok := p.wraps[n]; ok {
			delete(p.wraps, n)
			text := p.text(n)
			p.wraps[n] = w
			return w.before + text + w.after, true
		}
		return p.expression(n)
	case *ast.BlockStmt:
		if r := p.bodies[n]; r != nil {
			return p.body(n, r), true
		}
	case *ast.ReturnStmt:
		if r := p.returns[n]; r != nil {
			return p.returnStatement(n, r), true
		}
	case *ast.DeferStmt:
		if s, ok := n.Call.Fun.(*ast.SelectorExpr); ok && pure[p.imported(s)] {
			p.foreign(n.Call, s, p.imported(s))
			for _, arg := range n.Call.Args {
				if _, wrapped := p.wraps[arg]; wrapped {
					p.problem(n, "%%schedules cannot follow this defer, because the function uses elements: defer func() { ... }()")
				}
			}
		}
	case *ast.GoStmt:
		return p.goStatement(n), true
	case *ast.SendStmt:
		return p.receiver(n.Chan) + ".Send(" + p.text(n.Value) + ")", true
	case *ast.SelectStmt:
		return p.selectStatement(n), true
	case *ast.RangeStmt:
		return p.rangeStatement(n)
	case *ast.AssignStmt:
		return p.assignment(n)
	case *ast.IncDecStmt:
		if p.shared(n.X) || p.isMap(n.X) {
			return p.update(n.X, map[token.Token]string{token.INC: "+", token.DEC: "-"}[n.Tok], "1"), true
		}
	case *ast.DeclStmt:
		return p.local(n)
	case *ast.ForStmt:
		return p.loop(n)
	case *ast.TypeSpec:
		if o := p.info.Defs[n.Name]; o != nil && !n.Assign.IsValid() {
			if _, channel := o.Type().Underlying().(*types.Chan); channel {
				p.namedChannel(n)
			}
		}
	case *ast.ValueSpec:
		if len(n.Names) == 2 && len(n.Values) == 1 {
			return p.between(n, p.offset(n.Pos()), p.offset(n.Values[0].Pos())) + p.two(n.Values[0], 2), true
		}
	case *ast.Field: // names in a struct or a signature are no uses
		if n.Type != nil {
			from, to := p.offset(n.Type.Pos()), p.offset(n.Type.End())
			return p.source[p.offset(n.Pos()):from] + p.text(n.Type) + p.source[to:p.offset(n.End())], true
		}
	}
	return "", false
}

// original is the text of a node in the program.
func (p *program) original(n ast.Node) string {
	return p.source[p.offset(n.Pos()):p.offset(n.End())]
}

// name is an expression that gives the name of a variable for reports: its text, with the value of a simple index.
func (p *program) name(n ast.Node) string {
	if index, ok := n.(*ast.IndexExpr); ok && !p.isMap(index) && p.simple(index.Index) {
		return cells + ".Nth(" + p.name(index.X) + ", int(" + p.original(index.Index) + "))"
	}
	text := strings.Join(strings.Fields(p.original(n)), " ")
	if runes := []rune(text); len(runes) > 40 {
		text = string(runes[:39]) + "…"
	}
	return quote(text)
}

// simple reports whether an expression may be evaluated once more.
func (p *program) simple(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return true
	case *ast.Ident:
		return !p.shared(e)
	case *ast.BinaryExpr:
		return p.simple(e.X) && p.simple(e.Y)
	case *ast.ParenExpr:
		return p.simple(e.X)
	}
	return false
}
