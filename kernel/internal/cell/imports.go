package cell

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// importsFor returns the imports that the uses need, blank imports and "C". complete reports whether all needed imports
// were found.
func (s Declarations) importsFor(uses []use, packages *Packages) (specs []string, complete bool) {
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

func importBlock(specs []string) string {
	if len(specs) == 0 {
		return ""
	}
	return "import (\n\t" + strings.Join(specs, "\n\t") + "\n)\n"
}
