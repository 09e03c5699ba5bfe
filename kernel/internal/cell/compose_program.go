package cell

import (
	"fmt"
	"slices"
	"strings"
)

// The first line of a program tells whether its imports are complete, or goimports must look for the others.
const (
	Complete   = "// Composed from notebook cells. DO NOT EDIT.\n"
	Incomplete = "// Composed from notebook cells; imports are missing. DO NOT EDIT.\n"
)

// Race is the last line of a program that is built with the race detector.
const Race = "\n// Built with the race detector.\n"

// generated marks the code after it as not from a cell.
const generated = "//line generated:1:1\n"

// Program composes the program that runs the cell. Those of the cell must be among them.
func (s Declarations) Program(p *Parsed, packages *Packages) string {
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

// unusedName appends _ to name until the program does not contain it.
func unusedName(name string, program *strings.Builder, p *Parsed) string {
	for strings.Contains(program.String(), name) || p.main != nil && strings.Contains(p.main.text(), name) {
		name += "_"
	}
	return name
}

// starts returns calls of all init_... functions, sorted by name as in GoNB.
func (s Declarations) starts() string {
	var calls []string
	for _, d := range s.declarations {
		if d.starts {
			calls = append(calls, "\t"+d.names[0].text+"()\n")
		}
	}
	slices.Sort(calls)
	return strings.Join(calls, "")
}

func (s Declarations) uses() (uses []use) {
	for _, d := range s.declarations {
		uses = append(uses, d.uses...)
	}
	return uses
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
