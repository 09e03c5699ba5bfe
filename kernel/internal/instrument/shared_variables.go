package instrument

import (
	"go/ast"
	"go/token"
	"go/types"
)

// share finds the variables that goroutines may share: see the package comment.
func (p *program) share() {
	owner := map[*types.Var]ast.Node{} // the function that declares it
	var functions []ast.Node
	var visit func(n ast.Node) bool
	visit = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			p.inside(&functions, n, visit)
			return false
		case *ast.FuncLit:
			p.inside(&functions, n, visit)
			return false
		case *ast.Ident:
			p.variable(n, functions, owner)
		case *ast.AssignStmt:
			for _, lhs := range n.Lhs {
				if ident, ok := ast.Unparen(lhs).(*ast.Ident); !ok || n.Tok != token.DEFINE || p.info.Defs[ident] == nil {
					p.assigned(lhs)
				}
			}
		case *ast.IncDecStmt:
			p.assigned(n.X)
		case *ast.ReturnStmt:
			if len(n.Results) > 0 && len(functions) > 0 {
				p.returned(functions[len(functions)-1])
			}
		case *ast.RangeStmt:
			if n.Tok == token.ASSIGN {
				p.assigned(n.Key)
				p.assigned(n.Value)
			}
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				p.pointed(n.X)
			}
		case *ast.SliceExpr:
			if _, array := under(p.info.TypeOf(n.X)).(*types.Array); array {
				p.pointed(n.X)
			}
		case *ast.SelectorExpr:
			if s := p.info.Selections[n]; s != nil && s.Kind() == types.MethodVal && p.byAddress(n, s) {
				p.pointed(n.X)
			}
		case *ast.ForStmt: // each round has its own variable, which the post statement changes before others see it
			parts := []ast.Node{n.Init, n.Cond, n.Body}
			if !p.ownVariable(n) {
				parts = append(parts, n.Post)
			}
			for _, part := range parts {
				if part != nil {
					ast.Inspect(part, visit)
				}
			}
			return false
		}
		return true
	}
	ast.Inspect(p.syntax, visit)
	p.listed = map[*ast.AssignStmt]bool{}
	ast.Inspect(p.syntax, func(n ast.Node) bool {
		var list []ast.Stmt
		switch n := n.(type) {
		case *ast.BlockStmt:
			list = n.List
		case *ast.CaseClause:
			list = n.Body
		case *ast.CommClause:
			list = n.Body
		}
		for _, s := range list {
			if assign, ok := s.(*ast.AssignStmt); ok {
				p.listed[assign] = true
			}
		}
		return true
	})
}

// ownVariable reports whether the post statement of a loop changes only a variable that the loop declares.
func (p *program) ownVariable(n *ast.ForStmt) bool {
	post, ok := n.Post.(*ast.IncDecStmt)
	if !ok || n.Init == nil {
		return false
	}
	v := p.root(post.X)
	return v != nil && n.Init.Pos() <= v.Pos() && v.Pos() < n.Init.End()
}

func (p *program) inside(functions *[]ast.Node, f ast.Node, visit func(ast.Node) bool) {
	*functions = append(*functions, f)
	ast.Inspect(f, func(n ast.Node) bool { return n == f || visit(n) })
	*functions = (*functions)[:len(*functions)-1]
}

// variable notes in which function a variable is declared, and whether another one uses it.
func (p *program) variable(ident *ast.Ident, functions []ast.Node, owner map[*types.Var]ast.Node) {
	if len(functions) == 0 {
		return
	}
	here := functions[len(functions)-1]
	if v, ok := p.info.Defs[ident].(*types.Var); ok {
		owner[v] = here
	}
	if v, ok := p.info.Uses[ident].(*types.Var); ok && owner[v] != nil && owner[v] != here {
		p.captured[v] = true
	}
}

// assigned notes that the variable that an expression is a part of is assigned.
func (p *program) assigned(e ast.Expr) {
	if e == nil {
		return
	}
	if v := p.root(e); v != nil {
		p.written[v] = true
	}
}

// returned notes that a return assigns the named results of a function.
func (p *program) returned(f ast.Node) {
	var results *ast.FieldList
	switch f := f.(type) {
	case *ast.FuncDecl:
		results = f.Type.Results
	case *ast.FuncLit:
		results = f.Type.Results
	}
	for _, field := range results.List {
		for _, name := range field.Names {
			if v, ok := p.info.Defs[name].(*types.Var); ok {
				p.written[v] = true
			}
		}
	}
}

// pointed notes that there is a pointer to the variable that an expression is a part of.
func (p *program) pointed(e ast.Expr) {
	if v := p.root(e); v != nil && !watched(p.info.TypeOf(e)) {
		p.captured[v], p.written[v] = true, true
	}
}

// root returns the variable that an expression is a part of, or nil if it is behind a pointer, a slice or a map.
func (p *program) root(e ast.Expr) *types.Var {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		v, _ := p.object(e).(*types.Var)
		return v
	case *ast.SelectorExpr:
		if s := p.info.Selections[e]; s != nil && s.Kind() == types.FieldVal && !s.Indirect() {
			return p.root(e.X)
		}
		if p.imported(e) == "" && p.info.Selections[e] != nil && p.info.Selections[e].Kind() == types.FieldVal {
			return nil
		}
	case *ast.IndexExpr:
		if t := p.info.TypeOf(e.X); t != nil {
			if _, ok := under(t).(*types.Array); ok {
				return p.root(e.X)
			}
		}
	}
	return nil
}

func (p *program) global(v *types.Var) bool { return v.Parent() == p.pkg.Scope() }

// shared reports whether accesses of an expression, which can be assigned to, are steps.
func (p *program) shared(e ast.Expr) bool {
	e = ast.Unparen(e)
	if t := p.info.TypeOf(e); t == nil || watched(t) {
		return false
	}
	switch e := e.(type) {
	case *ast.Ident:
		v, ok := p.info.Uses[e].(*types.Var)
		return ok && (p.captured[v] || p.global(v)) && p.written[v]
	case *ast.SelectorExpr:
		s := p.info.Selections[e]
		if s == nil || s.Kind() != types.FieldVal {
			return false
		}
		if s.Indirect() {
			return true
		}
		return p.shared(e.X) || p.heap(e.X)
	case *ast.IndexExpr:
		switch t := under(p.info.TypeOf(e.X)).(type) {
		case *types.Slice:
			return true
		case *types.Pointer:
			_, array := under(t.Elem()).(*types.Array)
			return array
		case *types.Array:
			return p.shared(e.X) || p.heap(e.X)
		}
	case *ast.StarExpr:
		return !p.info.Types[e].IsType()
	}
	return false
}

// heap reports whether a part of an expression's path is behind a pointer or a slice.
func (p *program) heap(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.StarExpr:
		return true
	case *ast.SelectorExpr:
		s := p.info.Selections[e]
		return s != nil && s.Kind() == types.FieldVal && (s.Indirect() || p.heap(e.X))
	case *ast.IndexExpr:
		if _, array := under(p.info.TypeOf(e.X)).(*types.Array); array {
			return p.heap(e.X)
		}
		_, slice := under(p.info.TypeOf(e.X)).(*types.Slice)
		return slice
	}
	return false
}

// under is the underlying type of t, or what the types of a type parameter have in common, such as []E of ~[]E.
func under(t types.Type) types.Type {
	constraint, ok := t.Underlying().(*types.Interface)
	if _, parameter := types.Unalias(t).(*types.TypeParam); !ok || !parameter {
		return t.Underlying()
	}
	var core types.Type
	for e := range constraint.EmbeddedTypes() {
		terms := []types.Type{e}
		if union, ok := e.(*types.Union); ok {
			terms = nil
			for term := range union.Terms() {
				terms = append(terms, term.Type())
			}
		}
		for _, term := range terms {
			switch u := term.Underlying(); {
			case core == nil:
				core = u
			case !types.Identical(core, u):
				return constraint
			}
		}
	}
	if core == nil {
		return constraint
	}
	return core
}
