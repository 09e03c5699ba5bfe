package cell

import (
	"slices"
	"strings"
)

// Place is a line of a cell.
type Place struct {
	Label string // the cell's, of its Origin
	Line  int
}

// Change is a name that a cell has changed.
type Change struct {
	Name string
	At   Place  // where the cell declares it, or what it went with
	Gone string // the name that the cell declares, when with it this one is no longer declared
}

// Changes returns the names that a cell gives another meaning: before is what was declared before it.
func (p *Parsed) Changes(before, after Declarations) (changes []Change) {
	for _, d := range p.declarations {
		for _, n := range d.names {
			if old, _ := before.find(n.text); n.text != "_" && n.text != "init" && (old == nil || old.text() != d.text()) {
				changes = append(changes, Change{n.text, d.place(n), ""})
			}
		}
	}
	for _, spec := range p.imports {
		changes = append(changes, Change{spec.name(), Place{spec.origin.Label, spec.at.line}, ""})
	}
	for _, d := range before.declarations {
		for _, n := range d.names {
			if now, _ := after.find(n.text); n.text == "_" || now != nil {
				continue
			}
			for _, other := range d.names { // one of var a, b = f() is declared again
				if now, at := after.find(other.text); now != nil {
					changes = append(changes, Change{n.text, now.place(at), other.text})
					break
				}
			}
		}
	}
	return changes
}

// Label returns the label of the cell's Origin.
func (p *Parsed) Label() string { return p.origin.Label }

// Place returns where a name is declared.
func (s Declarations) Place(name string) (at Place, found bool) {
	if d, n := s.find(name); d != nil {
		return d.place(n), true
	}
	return at, false
}

// Line returns the line that declares a name, "" without one.
func (s Declarations) Line(name string) string {
	if d, n := s.find(name); d != nil {
		return d.lineOf(n)
	}
	return ""
}

// find returns the declaration of a name, nil without one.
func (s Declarations) find(text string) (*declaration, name) {
	for _, d := range s.declarations {
		if i := slices.IndexFunc(d.names, func(n name) bool { return n.text == text }); i >= 0 {
			return d, d.names[i]
		}
	}
	return nil, name{}
}

// place is where a name of the declaration stands.
func (d *declaration) place(n name) Place {
	return Place{d.origin.Label, d.pieces[0].line + strings.Count(d.pieces[0].text[:n.at], "\n")}
}

// At returns what is declared at a place, as Listed lists it, and the names that it uses; "" if nothing is.
func (s Declarations) At(p Place) (listed string, uses []string) {
	for _, d := range s.declarations {
		last := d.pieces[len(d.pieces)-1]
		if d.origin.Label != p.Label || p.Line < d.pieces[0].line || p.Line > last.line+strings.Count(last.text, "\n") {
			continue
		}
		for _, u := range d.uses {
			uses = append(uses, u.name, u.symbol)
		}
		return strings.Replace(d.names[0].text, ".", "~", 1), uses
	}
	return "", nil
}
