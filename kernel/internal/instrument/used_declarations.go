package instrument

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// declarations are those of a program, by what they declare, and the methods of its types.
type declarations struct {
	of      map[types.Object]ast.Node
	methods map[types.Object][]*ast.FuncDecl
}

// walk calls enter with each declared object that a node uses, and goes on with its declaration, and the methods of a type,
// if enter returns true.
func (p *program) walk(d declarations, n ast.Node, enter func(types.Object) bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		ident, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		o := p.object(ident)
		if f, ok := o.(*types.Func); ok {
			o = f.Origin()
		}
		if o == nil || d.of[o] == nil || !enter(o) {
			return true
		}
		p.walk(d, d.of[o], enter)
		for _, method := range d.methods[o] {
			p.walk(d, method, enter)
		}
		return true
	})
}

// reach finds the declarations that main uses, directly or not. The methods of a type are used with it.
func (p *program) reach() {
	p.reached, p.inits = map[types.Object]bool{}, nil
	var starts []ast.Node // what runs before main
	all := declarations{map[types.Object]ast.Node{}, map[types.Object][]*ast.FuncDecl{}}
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
					all.methods[named.Origin().Obj()] = append(all.methods[named.Origin().Obj()], d)
				}
			} else if d.Name.Name == "main" {
				main = d
			} else if d.Name.Name == "init" {
				starts = append(starts, p.starts(d)...)
			}
			all.of[p.info.Defs[d.Name]] = d
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					all.of[p.info.Defs[s.Name]] = s
				case *ast.ValueSpec:
					for _, name := range s.Names {
						all.of[p.info.Defs[name]] = d // constants depend on the whole group
					}
				}
			}
		}
	}
	enter := func(o types.Object) bool {
		if p.reached[o] {
			return false
		}
		p.reached[o] = true
		return true
	}
	if main == nil {
		return
	}
	p.walk(all, main.Body, enter)
	used := map[ast.Node]bool{}
	for again := true; again; { // one may use variables that another one sets
		again = false
		for _, start := range starts {
			if !used[start] && p.mentions(start, all) {
				used[start], again = true, true
				p.walk(all, start, enter)
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
func (p *program) mentions(start ast.Node, all declarations) (found bool) {
	seen, changed := map[types.Object]bool{}, p.changed()
	p.walk(all, start, func(o types.Object) bool {
		if seen[o] {
			return false
		}
		seen[o] = true
		_, variable := o.(*types.Var)
		found = found || variable && p.reached[o] && (changed[o] || !isBasic(o.Type()))
		return true
	})
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
