package cell

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// Packages looks up packages of the standard library, of the course, and of the modules that the course requires. Its
// methods may be called concurrently.
type Packages struct {
	goroot, course, modules string // folders; the last is the module cache

	load    sync.Once
	byName  map[string][]string // import paths in the standard library and the course, in order of preference
	require []module.Version

	mu      sync.Mutex
	exports map[string]map[string]bool // guarded by mu
	names   map[string]string          // by import path; guarded by mu
}

// NewPackages returns the packages in these folders: the Go distribution, the course's module and the module cache.
// Nothing is read before the first lookup, which takes 15 ms.
func NewPackages(goroot, course, modules string) *Packages {
	return &Packages{goroot: goroot, course: course, modules: modules, exports: map[string]map[string]bool{}, names: map[string]string{}}
}

// Load reads the folders now, so that the first lookup is fast.
func (p *Packages) Load() {
	p.load.Do(func() {
		p.byName = map[string][]string{}
		p.add(filepath.Join(p.goroot, "src"), "")
		for _, paths := range p.byName { // as goimports: math/rand, and text/template rather than html/template
			slices.SortFunc(paths, func(a, b string) int {
				if len(a) != len(b) {
					return len(a) - len(b)
				}
				return strings.Compare(b, a)
			})
		}
		p.byName["rand"] = []string{"crypto/rand", "math/rand/v2", "math/rand"} // goimports' order, too
		if p.course == "" {
			return
		}
		p.add(filepath.Join(p.course, "lib"), courseLib)
		if content, err := os.ReadFile(filepath.Join(p.course, "go.mod")); err == nil {
			if file, err := modfile.ParseLax("go.mod", content, nil); err == nil {
				for _, r := range file.Require {
					p.require = append(p.require, r.Mod)
				}
			}
		}
	})
}

const courseLib = "multiprocessing/lib/"

func (p *Packages) add(root, prefix string) {
	_ = filepath.WalkDir(root, func(folder string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() || folder == root {
			return nil // ignore folders that cannot be read
		}
		name := entry.Name()
		if name == "internal" || name == "vendor" || name == "testdata" || prefix == "" && name == "cmd" || strings.ContainsAny(name[:1], "_.") {
			return fs.SkipDir
		}
		relative, err := filepath.Rel(root, folder)
		if err == nil && len(goFiles(folder)) > 0 {
			full := prefix + filepath.ToSlash(relative)
			p.byName[nameOf(full)] = append(p.byName[nameOf(full)], full)
		}
		return nil
	})
}

// nameOf guesses a package's name from its path: rand for math/rand/v2, yaml for gopkg.in/yaml.v3.
func nameOf(importPath string) string {
	base := path.Base(importPath)
	if len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" {
		if above := path.Base(path.Dir(importPath)); above != "." {
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
// course has a package of that name.
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
	path := filepath.FromSlash(importPath)
	if below, ok := strings.CutPrefix(importPath, courseLib); ok {
		return filepath.Join(p.course, "lib", filepath.FromSlash(below))
	}
	if slices.Contains(p.byName[nameOf(importPath)], importPath) {
		return filepath.Join(p.goroot, "src", path)
	}
	for _, m := range p.require {
		below, ok := strings.CutPrefix(importPath+"/", m.Path+"/")
		escapedPath, err := module.EscapePath(m.Path)
		escapedVersion, err2 := module.EscapeVersion(m.Version)
		if !ok || err != nil || err2 != nil {
			continue
		}
		folder := filepath.Join(p.modules, filepath.FromSlash(escapedPath)+"@"+escapedVersion, filepath.FromSlash(below))
		if len(goFiles(folder)) > 0 {
			return folder
		}
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
	for _, file := range goFiles(p.folder(importPath)) {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.PackageClauseOnly)
		if err == nil && parsed.Name.Name != "main" && parsed.Name.Name != "documentation" {
			p.names[importPath] = parsed.Name.Name
			return parsed.Name.Name
		}
	}
	return ""
}
