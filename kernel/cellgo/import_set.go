package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strings"
)

// importSet contains all that is needed to compile and link cells with one set of imports, and what must not have changed.
type importSet struct {
	Recipe  *recipe
	Imports string // the compiler's import configuration
	Links   string // the linker's import configuration, without the cell's own lines
	Modules []*debug.Module
	Folders []string    // folders of modules in the module cache, which must exist
	Needs   []*compiled // packages, which must not have changed
	id      string      // hash of all fields, and so of the content of all linked packages
}

func importSetKey(key string, imports []string) string {
	return keyOf(append([]string{key}, imports...)...)
}

// loadImportSet returns the cached set for these imports, or nil if there is none or something that it needs has changed.
func loadImportSet(cache cellCache, key string, imports []string) *importSet {
	content, ok := cache.load(ofImportSets, importSetKey(key, imports))
	p := &importSet{}
	if !ok || json.Unmarshal(content, p) != nil || p.Recipe == nil || !p.valid() {
		return nil
	}
	p.id = keyOf(string(content))
	return p
}

func (p *importSet) valid() bool {
	for _, folder := range p.Folders {
		if _, err := os.Stat(folder); err != nil {
			return false
		}
	}
	return !slices.ContainsFunc(p.Needs, func(pkg *compiled) bool { return !pkg.valid() })
}

// importSetOf makes the set for these imports from prepared packages.
func (p *packages) importSetOf(imports []string) (*importSet, error) {
	paths, err := p.closure(imports)
	if err != nil {
		return nil, err
	}
	made := &importSet{Recipe: p.Recipe, Folders: p.folders(paths)}
	var direct, all strings.Builder
	modules := map[string]*debug.Module{}
	for _, path := range paths {
		pkg := p.ByPath[path]
		line := fmt.Sprintf("packagefile %s=%s\n", path, pkg.File)
		all.WriteString(line)
		if slices.Contains(imports, path) || path == "runtime" {
			direct.WriteString(line)
		}
		if pkg.Module != nil {
			modules[pkg.Module.Path] = pkg.Module
		}
		made.Needs = append(made.Needs, &compiled{File: pkg.File, Size: pkg.Size, Local: pkg.Local})
	}
	made.Imports, made.Links = direct.String(), all.String()
	for _, module := range modules {
		made.Modules = append(made.Modules, module)
	}
	slices.SortFunc(made.Modules, func(a, b *debug.Module) int { return strings.Compare(a.Path, b.Path) })
	return made, nil
}

// save caches the set and sets its id.
func (p *importSet) save(cache cellCache, key string, imports []string) error {
	content, err := json.Marshal(p)
	if err != nil {
		return err
	}
	p.id = keyOf(string(content))
	_ = cache.save(ofImportSets, importSetKey(key, imports), content) // if that fails, the next cell makes it again
	return nil
}
