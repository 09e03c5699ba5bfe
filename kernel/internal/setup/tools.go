package setup

import (
	"context"
	"os"
	"path"
	"path/filepath"
	"slices"

	"multiprocessing/kernel/internal/cellbuild"
	"multiprocessing/kernel/internal/gonb"
)

// The programs that the kernel finds on its PATH, built from go.mod's tool lines.
const (
	goimports = "golang.org/x/tools/cmd/goimports"
	gopls     = "golang.org/x/tools/gopls"
)

// BinFolder is the folder of gonb, the front, the go command that cells get, what runs their programs, and scripts.
func (e *Environment) BinFolder() string { return filepath.Join(e.tools.folder, "bin") }

// frontStep builds what Jupyter starts: the kernelspec may name it when it is there.
func (e *Environment) frontStep() step {
	return e.tools.within("front").step("front", "building the kernel's front", func(ctx context.Context, _ string) error {
		for name, source := range ours {
			if err := e.build(ctx, filepath.Join(e.BinFolder(), name), source); err != nil {
				return err
			}
		}
		return nil
	})
}

// toolsStep builds what a cell needs.
func (e *Environment) toolsStep() step {
	return e.tools.step("tools", "building gonb and goimports from go.mod", func(ctx context.Context, _ string) error {
		return e.makeTools(ctx, gonb.Module, goimports)
	})
}

// goplsStep builds what completion needs.
func (e *Environment) goplsStep() step {
	return e.tools.within("gopls").step("gopls", "building gopls from go.mod", func(ctx context.Context, _ string) error {
		return e.makeTools(ctx, gopls)
	})
}

func (e *Environment) makeTools(ctx context.Context, tools ...string) error {
	folder, err := os.MkdirTemp(e.tools.folder, "building-*")
	if err != nil {
		return cacheError(e.tools.folder, err)
	}
	defer os.RemoveAll(folder)
	if err := e.build(ctx, folder+string(filepath.Separator), tools...); err != nil {
		return err
	}
	for _, tool := range tools {
		name := path.Base(tool)
		if script := gonb.Scripts[name]; script != "" {
			if err := os.WriteFile(filepath.Join(e.BinFolder(), name), []byte(script), 0o700); err != nil {
				return cacheError(e.BinFolder(), err)
			}
		}
		if err := os.Rename(filepath.Join(folder, name), e.tool(name)); err != nil {
			return cacheError(e.tools.folder, err)
		}
	}
	return nil
}

// build builds packages with the flags of cells, and without -trimpath, for the same reason.
func (e *Environment) build(ctx context.Context, to string, packages ...string) error {
	if err := os.MkdirAll(e.BinFolder(), 0o700); err != nil {
		return cacheError(e.BinFolder(), err)
	}
	return e.runGo(ctx, slices.Concat([]string{"build"}, cellbuild.Flags, []string{"-o", to}, packages)...)
}

// tool is the path of one of the tools. Those with a script lie where GoNB does not look.
func (e *Environment) tool(name string) string {
	if gonb.Scripts[name] != "" {
		return filepath.Join(e.tools.folder, name)
	}
	return filepath.Join(e.BinFolder(), name)
}

// ours are the programs of this module that the kernel needs: the front, which Jupyter starts, the go command of cells,
// and what runs their programs.
var ours = map[string]string{"front": "./kernel/front", "go": "./kernel/cellgo", gonb.RunnerName: "./kernel/cellrun"}

// toolSources lists the files of this module that ours are built from.
func (e *Environment) toolSources() ([]string, error) {
	var folders []string
	for _, folder := range ours {
		folders = append(folders, path.Clean(folder))
	}
	return sources(e.Module, folders)
}
