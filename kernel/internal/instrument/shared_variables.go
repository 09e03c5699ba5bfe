package instrument

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// reach finds the declarations that main uses, directly or not. The methods of a type are used with it.
func (p *program) reach() {
	p.reached, p.inits = map[types.Object]bool{}, nil
	var starts []ast.Node // what runs before main
	declared := map[types.Object]ast.Node{}
	methods := map[types.Object][]*ast.FuncDecl{}
	var main *ast.FuncDecl
	for _, d := range p.syntax.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv != nil {
				receiver := p.info.Defs[d.Name].Type().(*types.Signature).Recv().Type()
				if pointer, ok := receiver.(*types.Pointer); ok {
					receiver = pointer.Elem()
				}
				if named, ok := types.Unalias(receiver).(*types.Named); ok {
					methods[named.Origin().Obj()] = append(methods[named.Origin().Obj()], d)
				}
			} else if d.Name.Name == "main" {
				main = d
			} else if d.Name.Name == "init" {
				starts = append(starts, p.starts(d)...)
			}
			declared[p.info.Defs[d.Name]] = d
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					declared[p.info.Defs[s.Name]] = s
				case *ast.ValueSpec:
					for _, name := range s.Names {
						declared[p.info.Defs[name]] = d // constants depend on the whole group
					}
				}
			}
		}
	}
	var visit func(n ast.Node)
	visit = func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			ident, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			o := p.object(ident)
			if f, ok := o.(*types.Func); ok {
				o = f.Origin()
			}
			if o == nil || declared[o] == nil || p.reached[o] {
				return true
			}
			p.reached[o] = true
			visit(declared[o])
			for _, method := range methods[o] {
				p.reached[p.info.Defs[method.Name]] = true
				visit(method)
			}
			return true
		})
	}
	if main == nil {
		return
	}
	visit(main.Body)
	used := map[ast.Node]bool{}
	for again := true; again; { // one may use variables that another one sets
		again = false
		for _, start := range starts {
			if !used[start] && p.mentions(start, declared, methods) {
				used[start], again = true, true
				visit(start)
			}
		}
	}
	for _, start := range starts {
		if used[start] {
			p.inits = append(p.inits, start)
		}
	}
}

// starts are a func init, or the calls of functions init_... in the one that the front has added.
func (p *program) starts(d *ast.FuncDecl) (starts []ast.Node) {
	if p.files.Position(d.Name.Pos()).Filename != "generated" {
		return []ast.Node{d}
	}
	for _, s := range d.Body.List {
		starts = append(starts, s)
	}
	return starts
}

// mentions reports whether what runs before main may change a variable of the package that the cell uses. A check of a number
// does not: the explorer need not follow the packages that it calls.
func (p *program) mentions(start ast.Node, declared map[types.Object]ast.Node, methods map[types.Object][]*ast.FuncDecl) (found bool) {
	seen := map[types.Object]bool{}
	changed := p.changed()
	var visit func(n ast.Node)
	visit = func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			ident, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			o := p.object(ident)
			if f, ok := o.(*types.Func); ok {
				o = f.Origin()
			}
			if o == nil || declared[o] == nil || seen[o] {
				return true
			}
			seen[o] = true
			_, variable := o.(*types.Var)
			found = found || variable && p.reached[o] && (changed[o] || !isBasic(o.Type()))
			visit(declared[o])
			for _, method := range methods[o] {
				visit(method)
			}
			return true
		})
	}
	visit(start)
	return found
}

func isBasic(t types.Type) bool {
	_, basic := t.Underlying().(*types.Basic)
	return basic
}

// changed returns the variables that the functions of the program assign, or that a pointer refers to. Those that only the
// cell's own statements change do not count.
func (p *program) changed() map[types.Object]bool {
	changed := map[types.Object]bool{}
	note := func(e ast.Expr) {
		if e == nil {
			return
		}
		if v := p.root(e); v != nil {
			changed[v] = true
		}
	}
	for _, d := range p.syntax.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "main" {
			continue
		}
		ast.Inspect(d, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				for _, lhs := range n.Lhs {
					note(lhs)
				}
			case *ast.IncDecStmt:
				note(n.X)
			case *ast.RangeStmt:
				note(n.Key)
				note(n.Value)
			case *ast.UnaryExpr:
				if n.Op == token.AND {
					note(n.X)
				}
			case *ast.SelectorExpr: // of a method with a pointer receiver, perhaps
				note(n.X)
			}
			return true
		})
	}
	return changed
}

// callInits returns the calls of what runs before main.
func (p *program) callInits() string {
	var out strings.Builder
	for i, start := range p.inits {
		if _, function := start.(*ast.FuncDecl); function {
			out.WriteString(p.initName(i) + "(); ")
		} else {
			out.WriteString(p.text(start) + "; ")
		}
	}
	return out.String()
}

func (p *program) initName(i int) string { return fmt.Sprintf(prefix+"init%d", i) }

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
