package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"

	"golang.org/x/mod/modfile"

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/internal/project"
)

// stampFile names what a cell's go.mod was made from.
const stampFile = ".sources"

// initModule writes the go.mod and go.sum of module name to folder dir. If the module of the notebook cannot be read, the
// cell's module is one outside of it, and each cell reports the error until the module is correct: see renewModule.
func initModule(dir, name string) error {
	file := filepath.Join(dir, "go.mod")
	if _, err := os.Stat(file); err == nil {
		return fmt.Errorf("go: %s already exists", file)
	}
	if p, err := project.Read(os.Getenv(envvar.Folder), os.Getenv(envvar.Module)); err == nil {
		return writeModule(dir, name, p)
	}
	p, err := project.Read("", os.Getenv(envvar.Module))
	if err != nil {
		return fmt.Errorf("pinning the cell's modules: %w; is the course's folder gone? Run \"go run ./kernel install\" from where it is now", err)
	}
	return writeModule(dir, name, p)
}

// renewModule writes the go.mod and go.sum of the cell in folder dir again if the notebook's module has changed. Modules
// that a cell has added are not in it any more.
func renewModule(dir string) error {
	before, err := os.ReadFile(filepath.Join(dir, stampFile))
	if err != nil {
		return nil // the go.mod is not ours
	}
	p, err := project.Read(os.Getenv(envvar.Folder), os.Getenv(envvar.Module))
	if err != nil || p.Stamp() == string(before) {
		return err
	}
	content, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return fmt.Errorf("pinning the cell's modules: %w", err)
	}
	return writeModule(dir, path.Base(modfile.ModulePath(content)), p)
}

// leaveWorkspaces has a cell in folder dir be in no workspace but one that is in the folder: there, a cell has made it. The
// folders above are for temporary files, and every user of the machine can put a go.work there.
func leaveWorkspaces(dir string) {
	if os.Getenv("GOWORK") == "" && exists(filepath.Join(dir, stampFile)) && !exists(filepath.Join(dir, "go.work")) {
		os.Setenv("GOWORK", "off")
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func writeModule(dir, name string, p *project.Project) error {
	for _, file := range []struct {
		name    string
		content []byte
	}{{"go.sum", p.GoSum()}, {"go.mod", p.GoMod(name)}, {stampFile, []byte(p.Stamp())}} {
		if err := writeWhole(filepath.Join(dir, file.name), 0o600, file.content); err != nil {
			return fmt.Errorf("pinning the cell's modules: %w", err)
		}
	}
	return nil
}
