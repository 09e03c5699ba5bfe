package cell

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	pathpkg "path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"multiprocessing/kernel/internal/project"
)

// Packages looks up packages of the standard library, of the notebook's module or workspace, of the course, and of the
// modules that these require. Its methods may be called concurrently.
type Packages struct {
	goroot, notebook, course, cache string // folders

	load    sync.Once
	byName  map[string][]string // import paths in the standard library, the notebook's module and the course, in order of preference
	modules []project.Module    // the longest path first

	mu      sync.Mutex
	exports map[string]map[string]bool // guarded by mu
	names   map[string]string          // by import path; guarded by mu
}

// NewPackages returns the packages for a notebook, given the folders of the Go distribution, of the notebook, of the
// course and of the module cache. Nothing is read before the first lookup, which takes 15 ms, and longer for a notebook in
// a large module.
func NewPackages(goroot, notebook, course, cache string) *Packages {
	return &Packages{goroot: goroot, notebook: notebook, course: course, cache: cache, exports: map[string]map[string]bool{}, names: map[string]string{}}
}

// Load reads the folders now, so that the first lookup is fast.
func (p *Packages) Load() {
	p.load.Do(func() {
		p.byName = map[string][]string{}
		p.add(filepath.Join(p.goroot, "src"), "", func(path, _ string) string { return nameOf(path) })
		for _, paths := range p.byName { // as goimports: math/rand, and text/template rather than html/template
			slices.SortFunc(paths, func(a, b string) int {
				if len(a) != len(b) {
					return len(a) - len(b)
				}
				return strings.Compare(b, a)
			})
		}
		p.byName["rand"] = []string{"crypto/rand", "math/rand/v2", "math/rand"} // goimports' order, too
		read, err := project.Read(p.notebook, p.course)
		if err != nil { // cells report it
			return
		}
		p.modules = read.Modules(p.cache)
		for _, main := range read.Main {
			if main.Path != project.Course {
				p.add(main.Folder, main.Path, packageName)
			}
		}
		for _, m := range p.modules {
			if m.Path == project.Course {
				p.add(filepath.Join(m.Folder, "lib"), courseLib, packageName)
			}
		}
	})
}

const courseLib = project.Course + "/lib"

// mostFolders limits the folders of a module that are searched for packages. A module may be in a home folder.
const mostFolders = 5000

// add adds the packages of a module, or the standard library's if path is empty.
func (p *Packages) add(root, path string, name func(path, folder string) string) {
	folders := 0
	_ = filepath.WalkDir(root, func(folder string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return nil // ignore folders that cannot be read
		}
		relative, err := filepath.Rel(root, folder)
		if err != nil || folders > mostFolders && path != "" {
			return fs.SkipAll
		}
		folders++
		if relative == "." {
			relative = ""
		} else if skipped(entry.Name()) || path == "" && relative == "cmd" || path != "" && exists(filepath.Join(folder, "go.mod")) {
			return fs.SkipDir
		}
		full := pathpkg.Join(path, filepath.ToSlash(relative))
		if len(goFiles(folder)) > 0 && full != "" {
			if name := name(full, folder); name != "" {
				p.byName[name] = append(p.byName[name], full)
			}
		}
		return nil
	})
}

// skipped reports whether no package in a folder of that name is found by its name.
func skipped(name string) bool {
	return name == "internal" || name == "vendor" || name == "testdata" || name == "node_modules" || strings.ContainsAny(name[:1], "_.")
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// packageName returns the name of the package in folder, or "" if there is none that can be imported.
func packageName(_, folder string) string {
	for _, file := range goFiles(folder) {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.PackageClauseOnly)
		if err == nil && parsed.Name.Name != "main" && parsed.Name.Name != "documentation" {
			return parsed.Name.Name
		}
	}
	return ""
}

// nameOf guesses a package's name from its path: rand for math/rand/v2, yaml for gopkg.in/yaml.v3.
func nameOf(importPath string) string {
	base := pathpkg.Base(importPath)
	if len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" {
		if above := pathpkg.Base(pathpkg.Dir(importPath)); above != "." {
			base = above
		}
	}
	base = strings.TrimPrefix(base, "go-")
	if i := strings.IndexAny(base, ".-"); i > 0 {
		base = base[:i]
	}
	return base
}

func goFiles(folder string) []string {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil
	}
	var names []string
	for _, entry := range entries {
		if name := entry.Name(); strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			names = append(names, filepath.Join(folder, name))
		}
	}
	return names
}

// Find returns the import path for a package name, as goimports would. Of several candidates it returns the first that
// exports all symbols, or else the first (for rand, the last). It returns "" if neither the standard library nor the
// notebook's module nor the course has a package of that name.
func (p *Packages) Find(name string, symbols []string) string {
	p.Load()
	paths := p.byName[name]
	for i, found := range paths {
		if len(paths) == 1 || i == len(paths)-1 && name == "rand" {
			return found
		}
		if exports := p.exported(found); !slices.ContainsFunc(symbols, func(symbol string) bool { return !exports[symbol] }) {
			return found
		}
	}
	if len(paths) > 0 {
		return paths[0]
	}
	return ""
}

// exported returns the names in a package on this system, each with whether it is exported. None are known of a package
// that cannot be read.
func (p *Packages) exported(importPath string) map[string]bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.exports[importPath] != nil {
		return p.exports[importPath]
	}
	found := map[string]bool{}
	p.exports[importPath] = found
	for _, file := range goFiles(p.folder(importPath)) {
		if match, err := build.Default.MatchFile(filepath.Dir(file), filepath.Base(file)); err != nil || !match {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			continue
		}
		for _, d := range parsed.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				found[d.Name.Name] = found[d.Name.Name] || d.Recv == nil && d.Name.IsExported()
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch s := spec.(type) {
					case *ast.TypeSpec:
						found[s.Name.Name] = s.Name.IsExported()
					case *ast.ValueSpec:
						for _, ident := range s.Names {
							found[ident.Name] = ident.IsExported()
						}
					}
				}
			}
		}
	}
	return found
}

// folder returns the package's folder, or "" if it is not found.
func (p *Packages) folder(importPath string) string {
	p.Load()
	for _, m := range p.modules {
		if below, ok := strings.CutPrefix(importPath+"/", m.Path+"/"); ok {
			if folder := filepath.Join(m.Folder, filepath.FromSlash(below)); len(goFiles(folder)) > 0 {
				return folder
			}
		}
	}
	if slices.Contains(p.byName[nameOf(importPath)], importPath) {
		return filepath.Join(p.goroot, "src", filepath.FromSlash(importPath))
	}
	return ""
}

// Name returns the name of the package at an import path, or "" if the package is not found.
func (p *Packages) Name(importPath string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if name := p.names[importPath]; name != "" {
		return name
	}
	if name := packageName(importPath, p.folder(importPath)); name != "" {
		p.names[importPath] = name
	}
	return p.names[importPath]
}
