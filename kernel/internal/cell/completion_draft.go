package cell

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// Draft composes a file for completion and inspection in a cell that may be incomplete: the declarations of other cells,
// then the cell's Go, line by line, after head lines.
func (s Declarations) Draft(c *Cell, packages *Packages) (file string, head int) {
	r, _ := c.parse(Origin{})
	p := r.parsed()
	all := s.With(p)
	var others strings.Builder
	for _, d := range all.declarations {
		if !slices.Contains(p.declarations, d) && !d.is("init") {
			plain := *d
			plain.origin.Label = ""
			plain.write(&others)
		}
	}
	uses := all.uses()
	if p.main != nil {
		uses = append(uses, p.main.uses...)
	}
	var plain Declarations
	for _, spec := range all.imports {
		copied := *spec
		copied.origin.Label = ""
		plain.imports = append(plain.imports, &copied)
	}
	plain.declarations = all.declarations
	imports, _ := plain.importsFor(uses, packages)
	top := "package main\n" + importBlock(imports) + others.String()
	return top + r.withoutImports(), strings.Count(top, "\n")
}

// withoutImports returns the source with blanks in place of imports, which Go allows only at the top of a file.
func (r *reading) withoutImports() string {
	source := []byte(r.source)
	for _, d := range r.file.Decls {
		if group, ok := d.(*ast.GenDecl); ok && group.Tok == token.IMPORT {
			blank(source[r.offset(d.Pos()):r.offset(d.End())])
		}
	}
	return string(source[len(clause):])
}
