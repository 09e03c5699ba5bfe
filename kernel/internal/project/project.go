package project

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// Course is the path of the course's module.
const Course = "multiprocessing"

// Module is a module's path and folder.
type Module struct{ Path, Folder string }

// Project is what cells can import, in which versions.
type Project struct {
	Main []Module // the notebook's module or the modules of its workspace; the course's outside of any module

	notebook string // the notebook's folder
	goLine   string
	require  map[string]string // versions by module
	replace  map[module.Version]module.Version
	exclude  []module.Version
	godebug  map[string]string
	sums     map[string]bool // lines of go.sum
	sources  []string        // everything that was read
}

// Read reads the project of a notebook in folder. An empty folder stands for one outside of any module. Without the
// folder of the course, too, the project is empty.
func Read(folder, course string) (*Project, error) {
	p := &Project{require: map[string]string{}, replace: map[module.Version]module.Version{}, godebug: map[string]string{}, sums: map[string]bool{}}
	file, err := "", error(nil)
	if folder != "" {
		if file, err = find(folder); err != nil {
			return nil, err
		}
		p.notebook = resolved(folder)
	}
	switch {
	case filepath.Base(file) == "go.work":
		err = p.addWorkspace(filepath.Join(resolved(filepath.Dir(file)), "go.work"))
	case file != "":
		err = p.addModule(resolved(filepath.Dir(file)))
	case course != "":
		err = p.addModule(resolved(course))
	}
	if err == nil && course != "" && p.require[Course] == "" {
		err = p.addCourse(resolved(course))
	}
	return p, err
}

// resolved returns the absolute path of a folder without links, if it exists: whichever way a notebook was opened,
// compiled packages are the same.
func resolved(folder string) string {
	if path, err := filepath.EvalSymlinks(folder); err == nil {
		folder = path
	}
	if path, err := filepath.Abs(folder); err == nil {
		folder = path
	}
	return folder
}

// addModule adds the module in folder, which is the only one.
func (p *Project) addModule(folder string) error {
	file, err := p.addMain(folder)
	if err != nil {
		return err
	}
	for _, setting := range file.Godebug {
		p.godebug[setting.Key] = setting.Value
	}
	return nil
}

// addWorkspace adds the modules of a workspace. Where two require different versions of a module, the higher one wins, and
// replacements in go.work win over those of modules, as in Go.
func (p *Project) addWorkspace(path string) error {
	file, err := readWork(path)
	if err != nil {
		return err
	}
	folder := filepath.Dir(path)
	p.source(path)
	p.addSums(filepath.Join(folder, "go.work.sum"))
	if file.Go != nil {
		p.atLeastGo(file.Go.Version)
	}
	for _, setting := range file.Godebug {
		p.godebug[setting.Key] = setting.Value
	}
	p.addReplacements(folder, file.Replace)
	for _, use := range file.Use {
		if _, err := p.addMain(inFolder(folder, use.Path)); err != nil {
			return err
		}
	}
	return nil
}

// addMain adds one of the modules whose packages the reader writes.
func (p *Project) addMain(folder string) (*modfile.File, error) {
	path := filepath.Join(folder, "go.mod")
	file, err := readMod(path)
	if err != nil {
		return nil, err
	}
	p.source(path)
	p.addSums(filepath.Join(folder, "go.sum"))
	if file.Go != nil {
		p.atLeastGo(file.Go.Version)
	}
	for _, required := range file.Require {
		p.atLeast(required.Mod)
	}
	for _, excluded := range file.Exclude {
		p.exclude = append(p.exclude, excluded.Mod)
	}
	p.addReplacements(folder, file.Replace)
	p.addFolder(file.Module.Mod.Path, folder)
	p.Main = append(p.Main, Module{file.Module.Mod.Path, folder})
	return file, nil
}

// addCourse adds the course's module and what it requires, for displays and for cells that import the course's packages.
// The project's own versions of modules win: a higher version that the course requires is replaced with the project's.
func (p *Project) addCourse(folder string) error {
	file, err := readMod(filepath.Join(folder, "go.mod"))
	if err != nil {
		return err
	}
	p.source(filepath.Join(folder, "go.mod"))
	p.addSums(filepath.Join(folder, "go.sum"))
	if file.Go != nil {
		p.atLeastGo(file.Go.Version)
	}
	own := maps.Clone(p.require)
	for _, required := range file.Require {
		at := required.Mod
		mine := module.Version{Path: at.Path, Version: own[at.Path]}
		p.atLeast(at)
		if mine.Version != "" && p.require[at.Path] != mine.Version {
			if _, found := p.replacement(at); !found {
				replacement, _ := p.replacement(mine)
				p.replace[at] = replacement
			}
		}
	}
	p.addReplacements(folder, slices.DeleteFunc(file.Replace, func(r *modfile.Replace) bool { return own[r.Old.Path] != "" }))
	p.addFolder(file.Module.Mod.Path, folder)
	return nil
}

// addSums adds the lines of a go.sum file, if it exists.
func (p *Project) addSums(path string) {
	for line := range strings.Lines(p.source(path)) {
		p.sums[strings.TrimRight(line, "\r\n")] = true
	}
}

// source notes that a file was read, and returns its content.
func (p *Project) source(path string) string {
	content, _ := os.ReadFile(path)
	p.sources = append(p.sources, path, string(content))
	return string(content)
}
