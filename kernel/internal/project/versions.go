package project

import (
	"go/version"
	"maps"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// addFolder adds a module in its folder, whatever version others require.
func (p *Project) addFolder(path, folder string) {
	_, major, _ := module.SplitPathVersion(path)
	p.atLeast(module.Version{Path: path, Version: module.ZeroPseudoVersion(module.PathMajorPrefix(major))})
	maps.DeleteFunc(p.replace, func(old, _ module.Version) bool { return old.Path == path })
	p.replace[module.Version{Path: path}] = module.Version{Path: folder}
}

// addReplacements adds the replacements of a file in folder, except of modules that are replaced already.
func (p *Project) addReplacements(folder string, replacements []*modfile.Replace) {
	before := maps.Clone(p.replace)
	for _, r := range replacements {
		_, replaced := before[r.Old]
		_, all := before[module.Version{Path: r.Old.Path}]
		if replaced || all {
			continue
		}
		to := r.New
		if to.Version == "" {
			to.Path = inFolder(folder, to.Path)
		}
		p.replace[r.Old] = to
	}
}

// replacement returns what stands for a module in a version, and whether that is something else.
func (p *Project) replacement(at module.Version) (module.Version, bool) {
	for _, old := range []module.Version{at, {Path: at.Path}} {
		if to, found := p.replace[old]; found {
			return to, true
		}
	}
	return at, false
}

func (p *Project) atLeast(at module.Version) {
	if have := p.require[at.Path]; have == "" || semver.Compare(at.Version, have) > 0 {
		p.require[at.Path] = at.Version
	}
}

func (p *Project) atLeastGo(line string) {
	if p.goLine == "" || version.Compare("go"+line, "go"+p.goLine) > 0 {
		p.goLine = line
	}
}
