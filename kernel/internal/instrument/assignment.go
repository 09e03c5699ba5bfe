package instrument

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"
)

// assignment rewrites assignments to variables that goroutines may share, and receives that report whether a channel is
// closed.
func (p *program) assignment(n *ast.AssignStmt) (string, bool) {
	watches := false
	for _, lhs := range n.Lhs {
		if ident, ok := lhs.(*ast.Ident); n.Tok == token.DEFINE && ok && p.info.Defs[ident] != nil {
			continue // it is new, and no goroutine knows it
		}
		watches = watches || p.shared(lhs) || p.isMap(lhs)
	}
	switch {
	case n.Tok == token.DEFINE && watches && len(n.Rhs) == 1 && p.listed[n]:
		return p.redefinition(n), true
	case n.Tok == token.DEFINE && watches:
		p.problem(n, "%%schedules cannot follow := that also assigns a shared variable: declare the new one before, and use =")
	case n.Tok == token.DEFINE:
		return p.definition(n), true
	case n.Tok != token.ASSIGN && watches:
		return p.update(n.Lhs[0], strings.TrimSuffix(n.Tok.String(), "="), "("+p.text(n.Rhs[0])+")"), true
	case !watches:
		return p.plain(n), true
	case len(n.Lhs) == 1:
		return p.set(n.Lhs[0], p.text(n.Rhs[0])), true
	case len(n.Rhs) == 1:
		return p.several(n), true
	case len(n.Lhs) == 2 && !p.isMap(n.Lhs[0]) && !p.isMap(n.Lhs[1]) && !isBlank(n.Lhs[0]) && !isBlank(n.Lhs[1]):
		return fmt.Sprintf("%s.Set2(&%s, %s, &%s, %s)(%s)", cells,
			p.location(n.Lhs[0]), p.nameIfShared(n.Lhs[0]), p.location(n.Lhs[1]), p.nameIfShared(n.Lhs[1]), p.list(n.Rhs)), true
	default:
		p.problem(n, "%%schedules cannot follow this assignment of several variables: write one statement for each")
	}
	return "", false
}

func (p *program) nameIfShared(e ast.Expr) string {
	if p.shared(e) {
		return p.name(e)
	}
	return `""`
}

// definition rewrites x := value, and names channels.
func (p *program) definition(n *ast.AssignStmt) string {
	head := p.source[p.offset(n.Pos()):p.offset(n.Rhs[0].Pos())]
	if len(n.Lhs) == len(n.Rhs) {
		var values []string
		for i, value := range n.Rhs {
			text := p.text(value)
			if strings.HasPrefix(text, explorer+".NewChan") {
				text = cells + ".Named(" + p.name(n.Lhs[i]) + ", " + text + ")"
			}
			values = append(values, text)
		}
		return head + strings.Join(values, ", ")
	}
	return head + p.two(n.Rhs[0], len(n.Lhs))
}

// redefinition rewrites value, err := f(), where err is a shared variable.
func (p *program) redefinition(n *ast.AssignStmt) string {
	var names []string
	var sets strings.Builder
	for i, lhs := range n.Lhs {
		name := p.original(lhs)
		if !isBlank(lhs) && p.info.Defs[lhs.(*ast.Ident)] == nil {
			name = fmt.Sprintf(prefix+"new%d_%d", p.offset(n.Pos()), i)
			sets.WriteString("; " + p.set(lhs, name))
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ") + " := " + p.two(n.Rhs[0], len(n.Lhs)) + sets.String()
}

// two rewrites a value that is assigned to several variables.
func (p *program) two(value ast.Expr, n int) string {
	if u, ok := ast.Unparen(value).(*ast.UnaryExpr); ok && u.Op == token.ARROW && n == 2 {
		return p.receiver(u.X) + ".Recv2()"
	}
	return p.text(value)
}

// plain rewrites an assignment to variables that are not shared.
func (p *program) plain(n *ast.AssignStmt) string {
	var left []string
	for _, lhs := range n.Lhs {
		left = append(left, p.location(lhs))
	}
	right := ""
	if len(n.Lhs) == 2 && len(n.Rhs) == 1 {
		right = p.two(n.Rhs[0], 2)
	} else {
		right = p.list(n.Rhs)
	}
	return strings.Join(left, ", ") + " " + n.Tok.String() + " " + right
}

// set returns the statement that assigns a value.
func (p *program) set(lhs ast.Expr, value string) string {
	switch {
	case p.isMap(lhs):
		m := ast.Unparen(lhs).(*ast.IndexExpr)
		return fmt.Sprintf("%s.SetMap(%s, %s)(%s, %s)", cells, p.text(m.X), p.name(m.X), p.text(m.Index), value)
	case p.shared(lhs):
		return fmt.Sprintf("%s.Set(&%s, %s)(%s)", cells, p.location(lhs), p.name(lhs), value)
	case isBlank(lhs):
		return "_ = " + value
	}
	return p.location(lhs) + " = " + value
}

// several rewrites a, b = f().
func (p *program) several(n *ast.AssignStmt) string {
	var names []string
	var out strings.Builder
	for i, lhs := range n.Lhs {
		name := fmt.Sprintf(prefix+"%d", i)
		if isBlank(lhs) {
			name = "_"
		} else {
			fmt.Fprintf(&out, "; %s", p.set(lhs, name))
		}
		names = append(names, name)
	}
	return "{ " + strings.Join(names, ", ") + " := " + p.two(n.Rhs[0], len(n.Lhs)) + out.String() + " }"
}

// update rewrites x++ and x += value: a read and a write.
func (p *program) update(lhs ast.Expr, operator, value string) string {
	if p.hasCall(lhs) {
		p.problem(lhs, "%%schedules cannot follow an assignment whose left side calls a function: call it before")
	}
	return p.set(lhs, p.text(lhs)+" "+operator+" "+value)
}

func (p *program) hasCall(e ast.Expr) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		_, call := n.(*ast.CallExpr)
		u, ok := n.(*ast.UnaryExpr)
		found = found || call || ok && u.Op == token.ARROW
		return true
	})
	return found
}
