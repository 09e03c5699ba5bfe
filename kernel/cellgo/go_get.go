package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/mod/module"

	"multiprocessing/kernel/internal/cellbuild"
)

// get executes the "go get" that GoNB runs in every cell, without a package among its arguments. There is nothing to do
// if the cell imports only the standard library and packages that were compiled for cells before, or if go.mod and go.sum
// have all that its packages import: "go get" would also read the go.mod files of modules that no package needs, which
// may not be in the module cache. If no required module can have an import, get returns an error at once: a look-up in
// the network would take seconds, and add versions that nobody pins. In all other cases, for example a reader's own "go
// get", it returns "" for how: the real go command must execute it.
func get(goCommand string, cache cellCache, args []string) (how string, err error) {
	if len(args) > 2 || len(args) == 2 && args[1] != "-t" || checkEnvironment() != nil {
		return "", nil
	}
	folder, err := os.Getwd()
	if err != nil {
		return "", nil
	}
	c := &compilation{folder: folder}
	if c.readModule() != nil || !c.readImports() {
		return "", nil
	}
	asked := slices.DeleteFunc(slices.Clone(c.imports), inStandardLibrary)
	if len(asked) == 0 {
		return direct, nil
	}
	for _, path := range asked {
		if err := c.provided(path); err != nil {
			return direct, err
		}
	}
	if c.compiledBefore(cache) {
		return direct, nil
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	_, _, err = askGo(ctx, goCommand, folder, append([]string{"list", "-deps", "--"}, c.imports...)...)
	if ctx.Err() != nil {
		return direct, errInterrupted
	}
	if err != nil {
		return "", nil
	}
	return direct, nil
}

// readImports collects the imports of all files in the cell's folder, and reports whether that was possible.
func (c *compilation) readImports() bool {
	for above := c.folder; above != filepath.Dir(above); above = filepath.Dir(above) {
		if _, err := os.Lstat(filepath.Join(above, "go.work")); err == nil && os.Getenv("GOWORK") != "off" {
			return false
		}
	}
	files := goFiles(c.folder)
	for _, file := range files {
		source, err := os.ReadFile(filepath.Join(c.folder, file))
		if err != nil {
			return false
		}
		imports, err := importsOf(file, source)
		if err != nil {
			return false
		}
		c.imports = append(c.imports, imports...)
	}
	slices.Sort(c.imports)
	c.imports = slices.Compact(c.imports)
	return len(files) > 0
}

// compiledBefore reports whether all imports of the cell were compiled before with this go.mod and go.sum. Then both
// files are complete.
func (c *compilation) compiledBefore(cache cellCache) bool {
	key, err := c.key()
	if err != nil {
		return false
	}
	if _, err := os.Stat(cache.path(ofImportSets, importSetKey(key, c.imports))); err == nil {
		return true
	}
	known := loadPackages(cache, key).ByPath
	return !slices.ContainsFunc(c.imports, func(path string) bool { return known[path] == nil && !inStandardLibrary(path) })
}

// inStandardLibrary reports whether path is a package of the standard library.
func inStandardLibrary(path string) bool {
	return path == "C" || hasGo(filepath.Join(cellbuild.Goroot(), "src", filepath.FromSlash(path)))
}

// hasGo reports whether folder contains Go files.
func hasGo(folder string) bool { return len(goFiles(folder)) > 0 }

// goFiles returns the names of the Go files in folder, none if it cannot be read.
func goFiles(folder string) []string {
	names, _ := fs.Glob(os.DirFS(folder), "*.go") // the folder's own name may look like a pattern
	return names
}

// provided returns an error if no module that the cell's go.mod requires has package path. It returns nil if a module
// that is not in the module cache may have it: then the real go command decides.
func (c *compilation) provided(path string) error {
	own := c.module.Module.Mod.Path
	if path == own || strings.HasPrefix(path, own+"/") {
		return nil
	}
	var in string
	for _, required := range c.module.Require {
		at := required.Mod
		if path != at.Path && !strings.HasPrefix(path, at.Path+"/") {
			continue
		}
		in = at.Path
		folder, known := c.folderOf(at)
		if !known || hasGo(filepath.Join(folder, filepath.FromSlash(strings.TrimPrefix(strings.TrimPrefix(path, at.Path), "/")))) {
			return nil
		}
	}
	switch first, _, _ := strings.Cut(path, "/"); {
	case in != "":
		return fmt.Errorf("import %q: module %s, which the cell's go.mod pins, has no such package: check its name", path, in)
	case !strings.Contains(first, "."):
		return fmt.Errorf("import %q: neither Go's standard library nor a module that the cell's go.mod requires has such a package: check its name", path)
	}
	return fmt.Errorf("import %q: no module that the cell's go.mod requires has it; to add one, run in a cell: !*go get %s", path, path)
}

// folderOf returns the folder of a required module, and whether it is known.
func (c *compilation) folderOf(at module.Version) (folder string, known bool) {
	for _, replace := range c.module.Replace {
		if replace.Old.Path != at.Path || replace.Old.Version != "" && replace.Old.Version != at.Version {
			continue
		}
		if at = replace.New; at.Version == "" {
			return at.Path, true
		}
	}
	path, err := module.EscapePath(at.Path)
	if err != nil {
		return "", false
	}
	version, err := module.EscapeVersion(at.Version)
	if err != nil {
		return "", false
	}
	folder = filepath.Join(cellbuild.ModuleCache(), filepath.FromSlash(path)+"@"+version)
	_, err = os.Stat(folder)
	return folder, err == nil
}
