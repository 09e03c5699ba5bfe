package setup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/internal/cellbuild"
	"multiprocessing/kernel/internal/reason"
)

// KernelName is the kernel that the course's notebooks name.
const KernelName = "gonb"

// kernelspec is Jupyter's description of a kernel, kernel.json.
type kernelspec struct {
	Argv          []string          `json:"argv"`
	DisplayName   string            `json:"display_name"`
	Language      string            `json:"language"`
	InterruptMode string            `json:"interrupt_mode"`
	Env           map[string]string `json:"env"`
	Metadata      map[string]string `json:"metadata"`
}

// courseOf is the metadata by which install knows a spec of its own from one that the user made. It names the checkout.
const courseOf = "multiprocessing"

// ours reports whether Install wrote the spec.
func (s kernelspec) ours() bool { return s.Metadata[courseOf] != "" && len(s.Argv) > 0 }

// spec describes the front, which runs GoNB, with the settings that pin cells to this checkout.
func (e *Environment) spec(name string) kernelspec {
	return kernelspec{
		Argv:          []string{filepath.Join(e.BinFolder(), "front"), "{connection_file}"},
		DisplayName:   "Go (" + name + ")",
		Language:      "go",
		InterruptMode: "message",
		Env:           e.CellEnv("${PATH}"),
		Metadata:      map[string]string{courseOf: e.Module},
	}
}

// CellEnv is what the kernel's environment adds to the user's, with path as the rest of PATH.
func (e *Environment) CellEnv(path string) map[string]string {
	folders := []string{e.BinFolder(), filepath.Dir(e.Go.Path), path}
	env := map[string]string{
		"PATH":           strings.Join(folders, string(filepath.ListSeparator)),
		envvar.Go:        e.Go.Path,
		envvar.Module:    e.Module,
		envvar.Cells:     e.cells(),
		envvar.FirstCell: e.firstCell().stamp,
		"GOFLAGS":        cellbuild.GOFLAGS(),
		// A cell is built by the toolchain that built the warm cache, and in no workspace of the user's.
		"GOTOOLCHAIN": "local",
		"GOWORK":      "",
		"GOENV":       e.goEnv(),
	}
	maps.Copy(env, native)
	if e.shared != "" {
		maps.Copy(env, e.sharedEnv())
	}
	if e.Python.Path != "" {
		env[envvar.Python] = e.VenvPython()
	}
	return env
}

// cells is the folder for what the go command of cells keeps.
func (e *Environment) cells() string { return filepath.Join(e.Parts, "cells") }

// Data is the Jupyter data folder with the course's kernel, for JupyterLab and for runs without a browser.
func (e *Environment) Data() string { return filepath.Join(e.checkout.folder, "data") }

// Scratch is a folder for Jupyter's own settings, kept from one start to the next.
func (e *Environment) Scratch() string {
	return filepath.Join(e.Cache, filepath.Base(e.checkout.folder), "jupyter")
}

func (e *Environment) kernelStep() step {
	return step{"kernel", "writing the kernelspec",
		func() bool { return e.examineKernelspec().OK },
		func(context.Context) error {
			if err := writeSpec(e.specFolder(), e.spec(KernelName)); err != nil {
				return cacheError(e.specFolder(), err)
			}
			return nil
		},
	}
}

// specFolder holds the kernelspec for lab and run.
func (e *Environment) specFolder() string { return filepath.Join(e.Data(), "kernels", KernelName) }

// difference says in what the kernelspec have, which may be an old one, does not do what want would do. It is empty if
// have does the same. What a user has added to the environment does not matter.
func difference(have, want kernelspec) string {
	if !slices.Equal(have.Argv, want.Argv) {
		return fmt.Sprintf("it starts %s, and now that would be %s", strings.Join(have.Argv, " "), strings.Join(want.Argv, " "))
	}
	if have.InterruptMode != want.InterruptMode {
		return fmt.Sprintf("its interrupt_mode is %q, and now that would be %q", have.InterruptMode, want.InterruptMode)
	}
	for _, name := range slices.Sorted(maps.Keys(want.Env)) {
		if value, found := have.Env[name]; !found || value != want.Env[name] {
			return fmt.Sprintf("its %s is %q, and now that would be %q", name, value, want.Env[name])
		}
	}
	return ""
}

// writeSpec writes spec as folder/kernel.json, whole or not at all.
func writeSpec(folder string, spec kernelspec) error {
	content, err := json.MarshalIndent(spec, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	path := filepath.Join(folder, "kernel.json")
	mode := os.FileMode(0o600)
	if spec.Env[envvar.Shared] != "" {
		mode = 0o644
	}
	if err := os.WriteFile(path+".new", append(content, '\n'), mode); err != nil {
		return err
	}
	if err := os.Chmod(path+".new", mode); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// makeListable lets other users list folder and those above it, up to top: Jupyter lists no kernel at all if it cannot
// list one of them. The kernelspec of a kernel for one user stays private, so that Jupyter does not offer it to others.
func makeListable(folder, top string) error {
	for ; len(folder) > len(top); folder = filepath.Dir(folder) {
		info, err := os.Stat(folder)
		if err != nil {
			return err
		}
		if mode := info.Mode().Perm(); mode&0o055 != 0o055 {
			if err := os.Chmod(folder, mode|0o055); err != nil {
				return err
			}
		}
	}
	return nil
}

// existing returns folder, or the first one above it that exists.
func existing(folder string) string {
	for folder = filepath.Clean(folder); folder != filepath.Dir(folder); folder = filepath.Dir(folder) {
		if _, err := os.Lstat(folder); err == nil {
			break
		}
	}
	return folder
}

// Install registers the kernel under name in the Jupyter data folder of prefix, or in the user's own when prefix is
// empty, and returns the folder it wrote. It will start for this user alone. A kernel of that name that set-up did not
// write is replaced only by force.
func (e *Environment) Install(name, prefix string, force bool) (string, error) {
	folder, err := specTarget(name, prefix, force)
	if err != nil {
		return "", err
	}
	return folder, e.register(folder, prefix, e.spec(name))
}

// specTarget returns the folder for the kernelspec of that name.
func specTarget(name, prefix string, force bool) (string, error) {
	if !validName(name) {
		return "", fmt.Errorf("install: --name %q: use letters, digits, '.', '-' and '_' only", name)
	}
	data, err := dataFolder(prefix)
	if err == nil {
		data, err = filepath.Abs(data) // it is noted for commands that run in other folders
	}
	if err != nil {
		return "", err
	}
	folder := filepath.Join(data, "kernels", strings.ToLower(name))
	if !force && foreign(folder) {
		return "", fmt.Errorf("install: %s holds another kernel: give another --name, or --force to replace it", folder)
	}
	return folder, nil
}

// register writes the kernelspec and notes where.
func (e *Environment) register(folder, prefix string, spec kernelspec) error {
	data := filepath.Dir(filepath.Dir(folder))
	top := existing(strings.TrimSuffix(data, filepath.Join("share", "jupyter")))
	err := writeSpec(folder, spec)
	if err == nil && prefix != "" { // which other users may have, too
		err = makeListable(folder, top)
	}
	if err != nil {
		return fmt.Errorf("install: cannot write %s: %w; name a folder you may write in --prefix", folder, reason.Of(err))
	}
	return e.remember(folder)
}

func validName(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return !(r == '.' || r == '-' || r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z')
	}) && strings.Trim(name, ".") != ""
}

// foreign reports whether folder holds a kernelspec that Install did not write.
func foreign(folder string) bool {
	if _, err := os.Lstat(filepath.Join(folder, "kernel.json")); err != nil {
		return false // there is none, or writing fails
	}
	spec, err := readSpec(folder)
	return err != nil || !spec.ours()
}

func readSpec(folder string) (spec kernelspec, err error) {
	content, err := os.ReadFile(filepath.Join(folder, "kernel.json"))
	if err != nil {
		return spec, err
	}
	return spec, json.Unmarshal(content, &spec)
}

// gone reports whether there is no file of that name in folder any more.
func gone(folder, name string) bool {
	_, err := os.Stat(filepath.Join(folder, name))
	return errors.Is(err, os.ErrNotExist)
}

// dataFolder is where Jupyter looks for kernels: in prefix, or for this user.
func dataFolder(prefix string) (string, error) {
	if prefix != "" {
		return filepath.Join(prefix, "share", "jupyter"), nil
	}
	if named := os.Getenv("JUPYTER_DATA_DIR"); named != "" {
		return named, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("install: finding the user's Jupyter: %w; give --prefix", err)
	}
	if runtime.GOOS == "darwin" {
		return filepath.Join(home, "Library", "Jupyter"), nil
	}
	if data := os.Getenv("XDG_DATA_HOME"); data != "" {
		return filepath.Join(data, "jupyter"), nil
	}
	return filepath.Join(home, ".local", "share", "jupyter"), nil
}

// remember notes an installed kernelspec, so that clean can remove it, and forgets those that are gone.
func (e *Environment) remember(folder string) error {
	folders, err := e.Installed()
	if err != nil {
		return err
	}
	folders = slices.DeleteFunc(folders, func(folder string) bool { return gone(folder, "kernel.json") })
	if !slices.Contains(folders, folder) {
		folders = append(folders, folder)
	}
	content, err := json.Marshal(folders)
	if err != nil {
		return err
	}
	return os.WriteFile(e.installedFile(), content, 0o600)
}

// Installed returns the folders of the kernelspecs that Install wrote.
func (e *Environment) Installed() ([]string, error) {
	content, err := os.ReadFile(e.installedFile())
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var folders []string
	if err := json.Unmarshal(content, &folders); err != nil {
		return nil, fmt.Errorf("reading %s: %w; remove the file", e.installedFile(), err)
	}
	return folders, nil
}

func (e *Environment) installedFile() string { return filepath.Join(e.Cache, "installed.json") }
