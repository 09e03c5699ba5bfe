package main

import (
	"path/filepath"

	"golang.org/x/mod/modfile"
)

// unversioned is the version that Go gives a module that is replaced with a folder.
const unversioned = "v0.0.0-00010101000000-000000000000"

// cellModule returns the go.mod of a cell's module: the course's go.mod under another name, without its tools, and with
// the course's module as a requirement that is replaced with its folder.
func cellModule(source []byte, name, course string) ([]byte, error) {
	file, err := modfile.Parse("go.mod", source, nil)
	if err != nil {
		return nil, err
	}
	module := file.Module.Mod.Path
	if err := file.AddModuleStmt(name); err != nil {
		return nil, err
	}
	for _, tool := range file.Tool {
		if err := file.DropTool(tool.Path); err != nil {
			return nil, err
		}
	}
	// The paths of relative folders are relative to the course, not to the cell.
	for _, replace := range file.Replace {
		if replace.New.Version == "" && !filepath.IsAbs(replace.New.Path) {
			folder := filepath.Join(course, replace.New.Path)
			if err := file.AddReplace(replace.Old.Path, replace.Old.Version, folder, ""); err != nil {
				return nil, err
			}
		}
	}
	if err := file.AddRequire(module, unversioned); err != nil {
		return nil, err
	}
	if err := file.AddReplace(module, "", course, ""); err != nil {
		return nil, err
	}
	file.Cleanup()
	return file.Format()
}
