package cell

import (
	"go/token"
	"slices"
	"strings"
)

// Declarations holds the declarations of all cells, in the order in which the cells were first run. A cell that is run
// again keeps its place as long as one of its declarations is left. The methods With and Without return others, and
// change nothing.
//
// A name stands for one declaration, whatever its kind. So a cell replaces earlier declarations of the same names:
// functions, types, variables, constants, imports, and methods by type and name. In a group of constants the others
// keep their values. Variables that share one call, as in "var a, b = f()", are one declaration: when one of them is
// declared again, the others are deleted. A type that becomes something else loses its methods. Any func init replaces
// all earlier ones, as in GoNB. A declaration without a name (var _ = f()) is replaced when its cell is run again, or
// by an equal one.
type Declarations struct {
	declarations []*declaration
	imports      []*importSpec
}

// With returns the declarations after the cell was run.
func (s Declarations) With(p *Parsed) Declarations {
	names, blanks, hasInit := map[string]token.Token{}, map[string]bool{}, false
	for _, d := range p.declarations {
		for _, n := range d.names {
			names[n.text] = d.kind
		}
		if d.isBlank() {
			blanks[d.text()] = true
		}
	}
	for _, spec := range p.imports {
		names[spec.name()] = token.IMPORT
	}
	_, hasInit = names["init"]
	delete(names, "_")
	delete(names, "init")
	delete(names, ".")
	at, kept := -1, Declarations{}
	for _, d := range s.declarations {
		if at < 0 && d.origin.Owner == p.origin.Owner {
			at = len(kept.declarations)
		}
		again := d.origin.Owner == p.origin.Owner
		if d.isBlank() && (again || blanks[d.text()]) || d.is("init") && (again || hasInit) {
			continue
		}
		if d := d.without(names); d != nil {
			kept.declarations = append(kept.declarations, d)
		}
	}
	if at < 0 {
		at = len(kept.declarations)
	}
	kept.declarations = slices.Insert(kept.declarations, at, p.declarations...)
	for _, spec := range s.imports {
		same := func(other *importSpec) bool { return other.path == spec.path && other.alias == spec.alias }
		if _, again := names[spec.name()]; !again && !slices.ContainsFunc(p.imports, same) {
			kept.imports = append(kept.imports, spec)
		}
	}
	for i, spec := range p.imports {
		same := func(other *importSpec) bool { return other.path == spec.path && other.alias == spec.alias }
		if !slices.ContainsFunc(p.imports[:i], same) {
			kept.imports = append(kept.imports, spec)
		}
	}
	return kept
}

func (d *declaration) is(text string) bool { return len(d.names) == 1 && d.names[0].text == text }

func (d *declaration) isBlank() bool {
	return !slices.ContainsFunc(d.names, func(n name) bool { return n.text != "_" })
}

func (d *declaration) text() string {
	var texts []string
	for _, p := range d.pieces {
		texts = append(texts, p.text)
	}
	return d.keyword + strings.Join(texts, " ")
}

// without returns the declaration without the names that are declared again, or nil if no name is left.
func (d *declaration) without(names map[string]token.Token) *declaration {
	again := func(n name) bool {
		if base, _, isMethod := strings.Cut(n.text, "."); isMethod {
			if kind, found := names[base]; found && kind != token.TYPE {
				return true
			}
		}
		_, found := names[n.text]
		return found
	}
	if !slices.ContainsFunc(d.names, again) {
		return d
	}
	if d.kind != token.CONST {
		return nil
	}
	// A blank of the same width keeps iota, and the places of the others.
	left, text := *d, []byte(d.pieces[0].text)
	left.names = slices.Clone(d.names)
	for i, n := range d.names {
		if again(n) {
			copy(text[n.at:], "_"+strings.Repeat(" ", len(n.text)-1))
			left.names[i].text = "_"
		}
	}
	if left.isBlank() {
		return nil
	}
	left.pieces = []piece{d.pieces[0]}
	left.pieces[0].text = string(text)
	return &left
}

// name returns the import's name; without an alias it is guessed from the path.
func (s *importSpec) name() string {
	if s.alias != "" {
		return s.alias
	}
	return nameOf(s.path)
}

// Kinds are the keys of what Listed returns, in the order in which to show them.
var Kinds = []string{"import", "const", "type", "var", "func"}

// Listed returns the declared names, by kind and sorted. A method is listed as Type~Method, as in GoNB.
func (s Declarations) Listed() map[string][]string {
	found := map[string][]string{}
	for _, spec := range s.imports {
		key := spec.name()
		if key == "." {
			key = ".~" + spec.path
		}
		found["import"] = append(found["import"], key)
	}
	for _, d := range s.declarations {
		for _, n := range d.names {
			found[d.kind.String()] = append(found[d.kind.String()], strings.Replace(n.text, ".", "~", 1))
		}
	}
	for kind := range found {
		slices.Sort(found[kind])
		found[kind] = slices.Compact(found[kind])
	}
	return found
}

// Without returns the declarations without a name that Listed returns, and the name's kind, "" if it is not declared.
func (s Declarations) Without(listed string) (left Declarations, kind string) {
	text := strings.Replace(listed, "~", ".", 1)
	for _, spec := range s.imports {
		if spec.name() == listed || spec.alias == "." && listed == ".~"+spec.path {
			kind = "import"
		} else {
			left.imports = append(left.imports, spec)
		}
	}
	for _, d := range s.declarations {
		if kind == "" && d.declares(text) {
			kind = d.kind.String()
		}
		if kind == "" || kind == "import" {
			left.declarations = append(left.declarations, d)
		} else if d := d.without(map[string]token.Token{text: token.TYPE}); d != nil {
			left.declarations = append(left.declarations, d)
		}
	}
	return left, kind
}

// Empty reports whether nothing is declared.
func (s Declarations) Empty() bool { return len(s.declarations)+len(s.imports) == 0 }

// Kept returns one line of each declaration that the cell would replace. The cell may have syntax errors.
func (s Declarations) Kept(c *Cell) (lines []string) {
	r, _ := c.parse(Origin{})
	for _, d := range s.declarations {
		for _, n := range d.names {
			if n.text != "_" && slices.ContainsFunc(r.parsed().declarations, func(own *declaration) bool { return own.declares(n.text) }) {
				lines = append(lines, d.lineOf(n))
			}
		}
	}
	return lines
}

// Declaration returns the line in which the cell declares a name (Type.Method for a method), or "".
func (c *Cell) Declaration(text string) string {
	r, _ := c.parse(Origin{})
	p := r.parsed()
	for _, spec := range p.imports {
		if spec.name() == text {
			return "import " + spec.at.text
		}
	}
	for _, d := range p.declarations {
		for _, n := range d.names {
			if n.text == text {
				return d.lineOf(n)
			}
		}
	}
	return ""
}

func (d *declaration) declares(text string) bool {
	return slices.ContainsFunc(d.names, func(n name) bool { return n.text == text })
}

// lineOf returns the line that declares n.
func (d *declaration) lineOf(n name) string {
	text := d.text()
	line, _, _ := strings.Cut(text[strings.LastIndexByte(text[:n.at], '\n')+1:], "\n")
	line = strings.TrimSpace(line)
	if d.kind == token.CONST && !strings.HasPrefix(line, "const") {
		return "const " + line
	}
	return line
}
