package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"time"
)

// packages is what the real go command has reported under one setting: how it compiles and links a cell, and which
// packages it has compiled for cells.
type packages struct {
	Unusual string // why only the real go command can build cells; empty if cellgo can
	Recipe  *recipe
	ByPath  map[string]*compiled
}

// compiled is one compiled package in Go's build cache, where the name of a file is a hash of its content.
type compiled struct {
	File    string
	Size    int64
	Imports []string
	Other   string        `json:",omitempty"` // why cellgo cannot link programs with it; empty if it can
	Local   *local        `json:",omitempty"` // its folder, if a reader can edit it
	Module  *debug.Module `json:",omitempty"` // nil in the standard library
	Folder  string        `json:",omitempty"` // the folder of its module
}

// unsupported is the reason why only the real go command can build cells: all cells under a setting, or those with a certain
// import.
type unsupported string

func (u unsupported) Error() string { return string(u) }

// valid reports whether the package has not changed since it was compiled, and its file in the build cache is complete.
// Go deletes files in the cache that were not used for days, so valid updates the file's time, as the go command does.
func (p *compiled) valid() bool {
	info, err := os.Stat(p.File)
	if err != nil || info.Size() != p.Size {
		return false
	}
	if now := time.Now(); now.Sub(info.ModTime()) > time.Hour {
		_ = os.Chtimes(p.File, now, now)
	}
	return p.Local == nil || p.Local.unchanged()
}

func loadPackages(cache cellCache, key string) *packages {
	p := &packages{}
	if content, ok := cache.load(ofPackages, key); !ok || json.Unmarshal(content, p) != nil || p.ByPath == nil {
		return &packages{ByPath: map[string]*compiled{}}
	}
	return p
}

func (p *packages) save(cache cellCache, key string) error {
	content, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return cache.save(ofPackages, key, content)
}

// closure returns the sorted paths of all packages that a cell with these imports links. The error names the missing
// package; its type is unsupported if preparing packages does not help.
func (p *packages) closure(imports []string) ([]string, error) {
	if p.Unusual != "" {
		return nil, unsupported(p.Unusual)
	}
	if p.Recipe == nil {
		return nil, errors.New("no packages are prepared")
	}
	seen := map[string]bool{}
	var visit func(path string) error
	visit = func(path string) error {
		if seen[path] || path == "unsafe" {
			return nil
		}
		pkg := p.ByPath[path]
		if pkg == nil || !pkg.valid() {
			return fmt.Errorf("%s is not prepared", path)
		}
		if pkg.Other != "" {
			return unsupported(pkg.Other)
		}
		seen[path] = true
		for _, next := range pkg.Imports {
			if err := visit(next); err != nil {
				return err
			}
		}
		return nil
	}
	for _, path := range slices.Concat(imports, p.Recipe.Always) {
		if err := visit(path); err != nil {
			return nil, err
		}
	}
	var paths []string
	for path := range seen {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths, nil
}

// listed is the output of "go list -json" for a package.
type listed struct {
	ImportPath, Name, Dir, Export string
	Standard, Incomplete          bool
	Imports, EmbedPatterns        []string
	CgoFiles, SwigFiles           []string
	ImportMap                     map[string]string
	Module                        *listedModule
}

type listedModule struct {
	Path, Version, Sum, Dir string
	Replace                 *listedModule
}

// listedFields are the names of the fields of listed, for go list's -json flag.
const listedFields = "ImportPath,Name,Dir,Export,Standard,Incomplete,Imports,EmbedPatterns,CgoFiles,SwigFiles,ImportMap,Module"

// learn adds a compiled package. If a reader can edit the package, confirm must follow.
func (p *packages) learn(l *listed) error {
	if l.ImportPath == "unsafe" {
		return nil
	}
	if l.Incomplete || l.Export == "" {
		return fmt.Errorf("%s does not compile", l.ImportPath)
	}
	info, err := os.Stat(l.Export)
	if err != nil {
		return err
	}
	pkg := &compiled{File: l.Export, Size: info.Size()}
	switch {
	case l.Name == "main":
		pkg.Other = l.ImportPath + " is a program"
	case len(l.CgoFiles)+len(l.SwigFiles) > 0 || l.ImportPath == "runtime/cgo":
		pkg.Other = l.ImportPath + " has C code"
	}
	for _, path := range l.Imports {
		if mapped := l.ImportMap[path]; mapped != "" {
			path = mapped
		}
		pkg.Imports = append(pkg.Imports, path)
	}
	if l.Module == nil {
		p.ByPath[l.ImportPath] = pkg
		return nil
	}
	pkg.Module = l.Module.buildInfo()
	if pkg.Folder = l.Module.Dir; l.Module.editable() {
		pkg.Local = &local{Folder: l.Dir, Root: l.Module.Dir, Embeds: len(l.EmbedPatterns) > 0}
		if pkg.Local.Hash, err = pkg.Local.hash(); err != nil {
			return err
		}
	}
	p.ByPath[l.ImportPath] = pkg
	return nil
}

// forgetOutdated deletes packages that were compiled with an older version of a package that they import: the linker
// refuses them. The real go command compiles them again for the next cell that imports them.
func (p *packages) forgetOutdated(before map[string]*compiled) {
	changed := func(path string) bool {
		old, now := before[path], p.ByPath[path]
		return old != nil && (now == nil || now.File != old.File)
	}
	for again := true; again; {
		again = false
		for path, pkg := range p.ByPath {
			if pkg == before[path] && slices.ContainsFunc(pkg.Imports, changed) {
				delete(p.ByPath, path)
				again = true
			}
		}
	}
}

// unconfirmed returns the sorted paths of the packages that a reader can edit and that have changed.
func (p *packages) unconfirmed(before map[string]*compiled) []string {
	var paths []string
	for path, pkg := range p.ByPath {
		if pkg.Local != nil && pkg != before[path] {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

// confirm deletes the packages whose files may have been edited between compiling and hashing. again is what the real go
// command listed after the packages were hashed. If it lists the same compiled package, and a second hash equals the
// first, then the hash is that of the compiled source. Times of files are not sufficient: undoing an edit may restore
// them.
func (p *packages) confirm(paths []string, again []*listed) error {
	exports := map[string]string{}
	for _, l := range again {
		exports[l.ImportPath] = l.Export
	}
	var err error
	for _, path := range paths {
		if pkg := p.ByPath[path]; exports[path] != pkg.File || !pkg.Local.unchanged() {
			delete(p.ByPath, path)
			err = fmt.Errorf("%s was edited while it was compiled", pkg.Local.Folder)
		}
	}
	return err
}

// editable reports whether the module is a folder, not a version.
func (m *listedModule) editable() bool {
	if m.Replace != nil {
		return m.Replace.Version == ""
	}
	return m.Version == ""
}

// buildInfo returns the module as it appears in the build information of a binary.
func (m *listedModule) buildInfo() *debug.Module {
	info := &debug.Module{Path: m.Path, Version: m.Version}
	if info.Version == "" {
		info.Version = "(devel)"
	}
	if m.Replace != nil {
		info.Replace = m.Replace.buildInfo()
	} else {
		info.Sum = m.Sum
	}
	return info
}

// folders returns the folders of the packages' modules in the module cache.
func (p *packages) folders(paths []string) []string {
	var folders []string
	for _, path := range paths {
		if pkg := p.ByPath[path]; pkg.Local == nil && pkg.Folder != "" {
			folders = append(folders, filepath.Clean(pkg.Folder))
		}
	}
	slices.Sort(folders)
	return slices.Compact(folders)
}
