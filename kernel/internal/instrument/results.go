package instrument

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
)

// results are the named results of a function that shares at least one of them: a return writes them, and they are read
// after the deferred calls.
type results struct {
	number int
	names  []*ast.Ident
	types  []ast.Expr
}

// pointer is the name of the pointer to result i. A block may hide the result's own name.
func (r *results) pointer(i int) string { return fmt.Sprintf(prefix+"r%d_%d", r.number, i) }

// namedResults finds the functions with shared named results.
func (p *program) namedResults() {
	p.bodies, p.returns = map[*ast.BlockStmt]*results{}, map[*ast.ReturnStmt]*results{}
	var visit func(n ast.Node, in *results)
	visit = func(n ast.Node, in *results) {
		ast.Inspect(n, func(child ast.Node) bool {
			var signature *ast.FuncType
			var body *ast.BlockStmt
			switch f := child.(type) {
			case *ast.FuncDecl:
				signature, body = f.Type, f.Body
			case *ast.FuncLit:
				signature, body = f.Type, f.Body
			case *ast.ReturnStmt:
				if in != nil && len(f.Results) > 0 {
					p.returns[f] = in
				}
			}
			if body == nil || child == n {
				return true
			}
			r := p.sharedResults(signature)
			if r != nil {
				p.bodies[body] = r
			}
			visit(body, r)
			return false
		})
	}
	visit(p.syntax, nil)
}

// sharedResults returns the results of a function, or nil if none is shared.
func (p *program) sharedResults(f *ast.FuncType) *results {
	r := &results{number: len(p.bodies)}
	shared := false
	if f.Results != nil {
		for _, field := range f.Results.List {
			for _, name := range field.Names {
				r.names, r.types = append(r.names, name), append(r.types, field.Type)
				shared = shared || p.sharedResult(name)
			}
		}
	}
	if !shared {
		return nil
	}
	return r
}

func (p *program) sharedResult(name *ast.Ident) bool {
	v, ok := p.info.Defs[name].(*types.Var)
	return ok && p.captured[v] && p.written[v] && !watched(v.Type())
}

// body rewrites the body of a function with shared named results.
func (p *program) body(n *ast.BlockStmt, r *results) string {
	begin := p.offset(n.Lbrace) + 1
	var out strings.Builder
	for i := len(r.names) - 1; i >= 0; i-- { // deferred calls run in the opposite order
		if !p.sharedResult(r.names[i]) {
			continue
		}
		fmt.Fprintf(&out, " %s := &%s; defer %s.At(%s, %s);", r.pointer(i), r.names[i].Name, cells, r.pointer(i), quote(r.names[i].Name))
	}
	return "{" + out.String() + p.between(n, begin, p.offset(n.End()))
}

// returnStatement rewrites a return with values of a function with shared named results.
func (p *program) returnStatement(n *ast.ReturnStmt, r *results) string {
	if len(r.names) > 4 {
		p.problem(n, "%%schedules can follow a return to at most four named results: assign them, and write return alone")
		return "_"
	}
	var arguments []string
	for i, name := range r.names {
		if p.sharedResult(name) {
			arguments = append(arguments, r.pointer(i)+", "+quote(name.Name))
		} else {
			arguments = append(arguments, "(*"+p.text(r.types[i])+")(nil), \"\"")
		}
	}
	return fmt.Sprintf("return %s.Return%d(%s)(%s)", cells, len(r.names), strings.Join(arguments, ", "), p.list(n.Results))
}
