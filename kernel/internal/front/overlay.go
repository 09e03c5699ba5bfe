package front

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// overlay makes a Go file of a cell that is being written, as GoNB would: what earlier cells have declared, of which the
// cell may declare some anew, the cell's own declarations, and its %% as the main function. Every line of the cell is
// one of the file's, the first one after head lines.
func overlay(base, cell string, packages map[string]string) (file string, head int) {
	lines := strings.Split(withoutCommands(cell), "\n")
	hasMain := false
	for i, line := range lines {
		if !hasMain && beginsMain(strings.TrimSpace(strings.TrimPrefix(line, "//gonb:"))) {
			hasMain = true
			lines[i] = "func main() {"
		}
	}
	own := strings.Join(lines, "\n")
	if hasMain {
		own += "\n}\n"
	}
	imports, own := cutImports(own)
	declared := names(own)
	kept, earlier := keep(base, declared)
	all := append(imports, earlier...)
	for _, name := range missing(own) {
		if path, found := packages[name]; found && !declared[name] && !imported(all, name) {
			all = append(all, strconv.Quote(path))
		}
	}
	var top strings.Builder
	top.WriteString("package main\n")
	slices.Sort(all)
	for _, spec := range slices.Compact(all) {
		top.WriteString("import " + spec + "\n")
	}
	top.WriteString(kept)
	top.WriteString("\n")
	return top.String() + own, strings.Count(top.String(), "\n")
}

const clause = "package p;"

// cutImports returns the import specs of declarations and the declarations with blanks in their place: Go wants them at
// the top of the file, and a cell may have them anywhere.
func cutImports(source string) (specs []string, rest string) {
	files := token.NewFileSet()
	parsed, _ := parser.ParseFile(files, "", clause+source, parser.SkipObjectResolution) // as much as there is
	if parsed == nil {
		return nil, source
	}
	out := []byte(source)
	for _, declaration := range parsed.Decls {
		group, ok := declaration.(*ast.GenDecl)
		if !ok || group.Tok != token.IMPORT {
			continue
		}
		for _, spec := range group.Specs {
			specs = append(specs, importText(spec.(*ast.ImportSpec)))
		}
		from, to := files.Position(group.Pos()).Offset-len(clause), files.Position(group.End()).Offset-len(clause)
		for i := max(0, from); i < min(to, len(out)); i++ {
			if out[i] != '\n' {
				out[i] = ' '
			}
		}
	}
	return specs, string(out)
}

func importText(spec *ast.ImportSpec) string {
	if spec.Name != nil {
		return spec.Name.Name + " " + spec.Path.Value
	}
	return spec.Path.Value
}

// names returns what source declares at its top, methods with their type.
func names(source string) map[string]bool {
	found := map[string]bool{}
	parsed, _ := parser.ParseFile(token.NewFileSet(), "", clause+source, parser.SkipObjectResolution)
	if parsed == nil {
		return found
	}
	for _, declaration := range parsed.Decls {
		for _, name := range declared(declaration) {
			found[name] = true
		}
	}
	return found
}

func declared(declaration ast.Decl) []string {
	switch d := declaration.(type) {
	case *ast.FuncDecl:
		if d.Recv != nil && len(d.Recv.List) == 1 {
			return []string{receiver(d.Recv.List[0].Type) + "." + d.Name.Name}
		}
		return []string{d.Name.Name}
	case *ast.GenDecl:
		var found []string
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				found = append(found, s.Name.Name)
			case *ast.ValueSpec:
				for _, name := range s.Names {
					found = append(found, name.Name)
				}
			}
		}
		return found
	}
	return nil
}

func receiver(expr ast.Expr) string {
	switch e := expr.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.IndexListExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// keep returns the declarations of base but for main and for those that are declared anew, and its imports.
func keep(base string, anew map[string]bool) (kept string, imports []string) {
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, "", base, parser.SkipObjectResolution)
	if err != nil {
		return "", nil
	}
	var out strings.Builder
	for _, declaration := range parsed.Decls {
		if group, ok := declaration.(*ast.GenDecl); ok && group.Tok == token.IMPORT {
			for _, spec := range group.Specs {
				imports = append(imports, importText(spec.(*ast.ImportSpec)))
			}
			continue
		}
		if slices.ContainsFunc(declared(declaration), func(name string) bool { return anew[name] || name == "main" || name == "init" }) {
			continue
		}
		out.WriteString(base[files.Position(declaration.Pos()).Offset:files.Position(declaration.End()).Offset])
		out.WriteString("\n")
	}
	return out.String(), imports
}

// missing returns the names that source uses as those of packages and declares nowhere.
func missing(source string) []string {
	parsed, _ := parser.ParseFile(token.NewFileSet(), "", clause+source, 0)
	if parsed == nil {
		return nil
	}
	used := map[string]bool{}
	ast.Inspect(parsed, func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok {
			if name, ok := selector.X.(*ast.Ident); ok {
				used[name.Name] = true
			}
		}
		return true
	})
	var found []string
	for _, name := range parsed.Unresolved {
		if used[name.Name] && !slices.Contains(found, name.Name) {
			found = append(found, name.Name)
		}
	}
	return found
}

// imported tells whether one of the specs gives name.
func imported(specs []string, name string) bool {
	return slices.ContainsFunc(specs, func(spec string) bool {
		alias, _, found := strings.Cut(spec, " ")
		if found {
			return alias == name
		}
		path, _ := strconv.Unquote(spec) // of the parser: it is quoted
		return path == name || strings.HasSuffix(path, "/"+name)
	})
}
