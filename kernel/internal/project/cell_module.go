package project

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// GoMod returns the go.mod of the cell's module of that name: it requires the project's modules, in their folders, and all
// that these require, and replaces what they replace. It has no tools.
func (p *Project) GoMod(name string) []byte {
	var text strings.Builder
	fmt.Fprintf(&text, "module %s\n\ngo %s\n", modfile.AutoQuote(p.CellPath(name)), cmp.Or(p.goLine, "1.17"))
	var lines []string
	for _, key := range slices.Sorted(maps.Keys(p.godebug)) {
		lines = append(lines, key+"="+p.godebug[key])
	}
	block(&text, "godebug", lines)
	lines = nil
	for _, required := range slices.Sorted(maps.Keys(p.require)) {
		lines = append(lines, modfile.AutoQuote(required)+" "+p.require[required])
	}
	block(&text, "require", lines)
	lines = nil
	for _, excluded := range p.exclude {
		lines = append(lines, modfile.AutoQuote(excluded.Path)+" "+excluded.Version)
	}
	slices.Sort(lines)
	block(&text, "exclude", slices.Compact(lines))
	lines = nil
	for old, to := range p.replace {
		lines = append(lines, quoted(old)+" => "+quoted(to))
	}
	slices.Sort(lines)
	block(&text, "replace", lines)
	return []byte(text.String())
}

// block writes lines as a block, even a single one: GoNB reads replacements outside of blocks, and would watch every file
// below their folders.
func block(text *strings.Builder, verb string, lines []string) {
	if len(lines) > 0 {
		fmt.Fprintf(text, "\n%s (\n\t%s\n)\n", verb, strings.Join(lines, "\n\t"))
	}
}

func quoted(at module.Version) string {
	return strings.TrimSpace(modfile.AutoQuote(at.Path) + " " + at.Version)
}

// GoSum returns the go.sum of the cell's module.
func (p *Project) GoSum() []byte {
	lines := slices.Sorted(maps.Keys(p.sums))
	if len(lines) == 0 {
		return nil
	}
	return []byte(strings.Join(lines, "\n") + "\n")
}

// CellPath returns the path of the cell's module: a module of that name in the notebook's folder. So Go lets a cell import
// the internal packages that a program there may import.
func (p *Project) CellPath(name string) string {
	main, below := Module{}, ""
	for _, m := range p.Main { // one may be within another
		relative, err := filepath.Rel(m.Folder, p.notebook)
		if p.notebook != "" && err == nil && filepath.IsLocal(relative) && len(m.Folder) > len(main.Folder) {
			main, below = m, relative
		}
	}
	full := main.Path
	for element := range strings.SplitSeq(filepath.ToSlash(below), "/") {
		if module.CheckImportPath(path.Join(full, element)) != nil {
			break // no import path has such a folder
		}
		full = path.Join(full, element)
	}
	return path.Join(full, name)
}
