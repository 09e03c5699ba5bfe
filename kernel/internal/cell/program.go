package cell

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// The first line of a program tells whether its imports are complete, or goimports must look for the others.
const (
	Complete   = "// Composed from notebook cells. DO NOT EDIT.\n"
	Incomplete = "// Composed from notebook cells; imports are missing. DO NOT EDIT.\n"
)

// generated marks the code after it as not from a cell.
const generated = "//line generated:1:1\n"

// Program composes the program that runs the cell. The store must contain the declarations of the cell.
func (s Store) Program(p *Parsed, packages *Packages) string {
	var out strings.Builder
	for _, d := range s.declarations {
		d.write(&out)
	}
	starts := s.starts()
	uses := s.uses()
	var more []string
	if p.main != nil {
		uses = append(uses, p.main.uses...)
	}
	switch main := generated + mainBegin + "\n"; {
	case p.main != nil && !p.body:
		p.main.write(&out)
	case p.test:
		out.WriteString(main + "}\n")
	case p.body || p.exec != "":
		flag := unusedName("flag_", &out, p)
		more = append(more, flag+` "flag"`)
		out.WriteString(main + "\t" + flag + ".Parse()\n")
		if p.exec != "" {
			out.WriteString("\t" + p.exec + "()\n")
		}
		if p.body {
			p.main.write(&out)
		}
		out.WriteString(generated + "}\n")
	default:
		out.WriteString(main + "}\n")
	}
	if starts != "" {
		out.WriteString(generated + "func init() {\n" + starts + "}\n")
	}
	imports, complete := s.importsFor(uses, packages)
	head := Complete
	if !complete {
		head = Incomplete
	}
	return head + "package main\n\n" + importBlock(append(imports, more...)) + out.String()
}

func importBlock(specs []string) string {
	if len(specs) == 0 {
		return ""
	}
	return "import (\n\t" + strings.Join(specs, "\n\t") + "\n)\n"
}

// unusedName appends _ to name until the program does not contain it.
func unusedName(name string, program *strings.Builder, p *Parsed) string {
	for strings.Contains(program.String(), name) || p.main != nil && strings.Contains(p.main.text(), name) {
		name += "_"
	}
	return name
}

// starts returns calls of all init_... functions, sorted by name as in GoNB.
func (s Store) starts() string {
	var calls []string
	for _, d := range s.declarations {
		if d.starts {
			calls = append(calls, "\t"+d.names[0].text+"()\n")
		}
	}
	slices.Sort(calls)
	return strings.Join(calls, "")
}

func (s Store) uses() (uses []use) {
	for _, d := range s.declarations {
		uses = append(uses, d.uses...)
	}
	return uses
}

// importsFor returns the imports that the uses need, blank imports and "C". complete reports whether all needed imports
// were found.
func (s Store) importsFor(uses []use, packages *Packages) (specs []string, complete bool) {
	used := map[string][]string{}
	for _, u := range uses {
		used[u.name] = append(used[u.name], u.symbol)
	}
	declared := func(text string) bool {
		return slices.ContainsFunc(s.declarations, func(d *declaration) bool { return d.declares(text) })
	}
	unqualified := slices.DeleteFunc(append(slices.Collect(maps.Keys(used)), used[""]...), declared) // dot imports may provide these
	complete = true
	var given []string
	for _, spec := range s.imports {
		name := spec.alias
		if name == "" {
			name = packages.Name(spec.path)
		}
		_, needed := used[name]
		switch {
		case name == "": // goimports will find it
			complete, needed, name = false, true, nameOf(spec.path)
		case name == ".":
			exports := packages.exported(spec.path)
			provided := slices.DeleteFunc(slices.Clone(unqualified), func(name string) bool { return !exports[name] })
			needed, given = len(exports) == 0 || len(provided) > 0, append(given, provided...)
		case name == "_" || spec.path == "C":
			needed = true
		}
		if needed {
			given = append(given, name)
			specs = append(specs, spec.at.directive(spec.origin.Label)+spec.at.text)
		}
	}
	for _, name := range append(given, "") {
		delete(used, name)
	}
	maps.DeleteFunc(used, func(name string, _ []string) bool { return declared(name) })
	var found []string
	for name, symbols := range used {
		if path := packages.Find(name, symbols); path != "" {
			found = append(found, strconv.Quote(path))
		} else {
			complete = false
		}
	}
	slices.Sort(found)
	return append(specs, found...), complete
}

// directive returns a /*line*/ comment with the position of p.
func (p piece) directive(label string) string {
	if label == "" || p.line == 0 {
		return ""
	}
	return fmt.Sprintf("/*line %s:%d:%d*/", label, p.line, p.column)
}

// lineDirective returns a //line directive for the next line. Before functions and doc comments it is needed in place of
// /*line*/, because //go: comments must begin a line.
func (p piece) lineDirective(label string) string {
	if label == "" {
		return ""
	}
	return fmt.Sprintf("//line %s:%d:%d\n", label, p.line, p.column)
}

func (d *declaration) write(out *strings.Builder) {
	label := d.origin.Label
	if d.doc.text != "" {
		out.WriteString(d.doc.lineDirective(label) + d.doc.text + "\n")
	}
	if d.keyword == "" {
		out.WriteString(d.pieces[0].lineDirective(label))
	}
	out.WriteString(d.keyword)
	for i, p := range d.pieces {
		if d.keyword != "" {
			out.WriteString(p.directive(label))
		}
		out.WriteString(p.text)
		if i < len(d.pieces)-1 {
			out.WriteString(" ")
		}
	}
	out.WriteString("\n")
}

// Draft composes a file for completion and inspection in a cell that may be incomplete: the declarations of other cells,
// then the cell's Go, line by line, after head lines.
func (s Store) Draft(c *Cell, packages *Packages) (file string, head int) {
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
	var plain Store
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
