package project

import (
	"cmp"
	"maps"
	"path/filepath"
	"slices"

	"golang.org/x/mod/module"
)

// Modules returns all modules with their folders, the longest path first. cache is the module cache.
func (p *Project) Modules(cache string) []Module {
	var modules []Module
	for _, name := range slices.Sorted(maps.Keys(p.require)) {
		to, _ := p.replacement(module.Version{Path: name, Version: p.require[name]})
		if folder := folderOf(to, cache); folder != "" {
			modules = append(modules, Module{name, folder})
		}
	}
	slices.SortStableFunc(modules, func(a, b Module) int { return cmp.Compare(len(b.Path), len(a.Path)) })
	return modules
}

// folderOf returns the folder of a module, or of a replacement that is a folder. It need not exist.
func folderOf(at module.Version, cache string) string {
	if at.Version == "" {
		return at.Path
	}
	name, err := module.EscapePath(at.Path)
	if err != nil {
		return ""
	}
	version, err := module.EscapeVersion(at.Version)
	if err != nil {
		return ""
	}
	return filepath.Join(cache, filepath.FromSlash(name)+"@"+version)
}
