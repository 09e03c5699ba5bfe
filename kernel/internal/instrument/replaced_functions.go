package instrument

import (
	"go/ast"
	"go/types"
	"strings"
)

// replaced are the names in other packages that the explorer has itself, under the same name.
var replaced = map[string]string{
	"sync":        "Mutex RWMutex WaitGroup Once Cond NewCond Locker OnceFunc OnceValue OnceValues",
	"sync/atomic": "Int32 Int64 Uint32 Uint64 Uintptr Bool Pointer Value",
	"time":        "Sleep After AfterFunc NewTimer Timer",
	"context":     "Context CancelFunc Background WithCancel WithTimeout",
	"runtime":     "Gosched",
}

// unchanged are names in these packages that stay what they are.
var unchanged = map[string]string{
	"time":    "Duration Nanosecond Microsecond Millisecond Second Minute Hour Time",
	"context": "Canceled DeadlineExceeded",
	"runtime": "",
	"flag":    "Parse",
}

// missing are the methods of replaced types that the explorer does not have.
var missing = map[string]string{"time": "Reset", "context": "Deadline Value"}

// printing are functions of fmt that a run must not call.
const printing = "Print Println Printf"

func has(list, name string) bool {
	return strings.Contains(" "+list+" ", " "+name+" ")
}

// imported returns the path of the package that a selector refers to, or "".
func (p *program) imported(s *ast.SelectorExpr) string {
	if ident, ok := s.X.(*ast.Ident); ok {
		if name, ok := p.info.Uses[ident].(*types.PkgName); ok {
			return name.Imported().Path()
		}
	}
	return ""
}

// qualified rewrites a name of another package.
func (p *program) qualified(s *ast.SelectorExpr, path string) string {
	name := s.Sel.Name
	p.uncalled(s, path)
	switch {
	case has(replaced[path], name):
		return explorer + "." + name
	case path == "fmt" && has(printing, name):
		return cells + "." + name
	case path == "fmt" && (strings.HasPrefix(name, "Fprint") || strings.Contains(name, "can")):
		p.problem(s, "%%schedules cannot follow fmt.%s: a program that runs by every schedule has no input and output", name)
	case path == "maps" && !p.called[s]:
		p.problem(s, "%%schedules can follow package maps only in slices.Sorted(maps.Keys(m)) and slices.Sorted(maps.Values(m)): the order of a map is another each time")
	case path == "maps" || pure[path] || has(unchanged[path], name):
		p.kept[path] = true
		return p.source[p.offset(s.Pos()):p.offset(s.End())]
	case replaced[path] != "" || unchanged[path] != "":
		p.problem(s, "%%schedules cannot follow %s.%s", path, name)
	default:
		p.problem(s, "%s", unknownPackage(path))
	}
	return "_"
}

// keepImports keeps the imports of code that is not rewritten.
func (p *program) keepImports(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if path := p.imported(s); path != "" {
				p.kept[path] = true
			}
		}
		return true
	})
}

// watched reports whether a type is one that the explorer watches itself: of sync, sync/atomic, time or context.
func watched(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return false
	}
	return has(replaced[named.Obj().Pkg().Path()], named.Obj().Name())
}

// lacks reports a method of a watched type that the explorer does not have.
func (p *program) lacks(e *ast.SelectorExpr, s *types.Selection) {
	f, ok := s.Obj().(*types.Func)
	if !ok || f.Pkg() == nil || !has(missing[f.Pkg().Path()], f.Name()) {
		return
	}
	t := f.Signature().Recv().Type()
	if pointer, ok := t.(*types.Pointer); ok {
		t = pointer.Elem()
	}
	if watched(t) {
		p.problem(e.Sel, "%%schedules cannot follow %s.%s", types.TypeString(t, (*types.Package).Name), f.Name())
	}
}

// atomicOperation is the operation of a function of sync/atomic, such as Add of AddInt64.
func atomicOperation(name string) string {
	for _, operation := range []string{"CompareAndSwap", "Load", "Store", "Swap", "Add"} {
		if kind, ok := strings.CutPrefix(name, operation); ok && has("Int32 Int64 Uint32 Uint64 Uintptr", kind) {
			return operation
		}
	}
	return ""
}

func unknownPackage(path string) string {
	return "%schedules cannot follow package " + path + ": it knows sync, sync/atomic, context, time.Sleep and timers, and packages that only compute, such as fmt, strings and slices"
}
