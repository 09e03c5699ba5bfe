package setup

import (
	"context"
	"os"
	"path"
	"path/filepath"
)

// Tools are the programs that the kernel finds on its PATH, built from go.mod's tool lines. They are built together: on
// two cores one go build of three takes less time than three.
var tools = []string{
	"github.com/janpfeifer/gonb",
	"golang.org/x/tools/cmd/goimports",
	"golang.org/x/tools/gopls",
}

// BinFolder is the folder of gonb, the front, the go command that cells get, what runs their programs, and scripts.
func (e *Environment) BinFolder() string { return filepath.Join(e.tools.folder, "bin") }

func (e *Environment) toolsStep() step {
	return e.tools.step("tools", "building gonb, goimports and gopls from go.mod", e.makeTools)
}

func (e *Environment) makeTools(ctx context.Context, _ string) error {
	if err := os.MkdirAll(e.BinFolder(), 0o700); err != nil {
		return cacheError(e.BinFolder(), err)
	}
	// Without -trimpath and with the flags of cells: else the standard library would be compiled once for the tools and
	// once more for cells.
	build := []string{"build", "-ldflags=-s", withoutDebugging, cellTags, "-o"}
	if err := e.runGo(ctx, append(append(build, e.BinFolder()+string(filepath.Separator)), tools...)...); err != nil {
		return err
	}
	for name, script := range scripts {
		if err := e.setApart(name, script); err != nil {
			return cacheError(e.BinFolder(), err)
		}
	}
	for name, source := range ours {
		program := filepath.Join(e.BinFolder(), name)
		if err := e.runGo(ctx, append(build, program, source)...); err != nil {
			return err
		}
	}
	return nil
}

// scripts stand where GoNB looks for two of the tools, and do nothing if GoNB calls them. It would start gopls with every
// kernel: the front starts it when a reader first asks for a completion. It has goimports read every program, for 10 ms:
// behind a front, which sets the variable, that program is empty (see compose.go).
var scripts = map[string]string{
	"gopls":     "#!/bin/sh\nif [ \"$1\" = -listen ]; then exit 0; fi\n" + callApart,
	"goimports": "#!/bin/sh\ncase \"$MULTIPROCESSING_PROGRAM $1 $2\" in ?*' -w '*/gonb_*/main*.go) exit 0; esac\n" + callApart,
}

const callApart = "exec \"${0%/*}/../${0##*/}\" \"$@\"\n"

// setApart moves a tool to where GoNB does not look.
func (e *Environment) setApart(name, script string) error {
	path := filepath.Join(e.BinFolder(), name)
	if err := os.Rename(path, e.tool(name)); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(script), 0o700)
}

// tool is the path of one of the tools.
func (e *Environment) tool(name string) string {
	if scripts[name] != "" {
		return filepath.Join(e.tools.folder, name)
	}
	return filepath.Join(e.BinFolder(), name)
}

// ours are the programs of this module that the kernel needs: the front, which Jupyter starts, the go command of cells,
// and what runs their programs.
var ours = map[string]string{"front": "./kernel/front", "go": "./kernel/cellgo", "run": "./kernel/cellrun"}

// toolSources lists the files of this module that ours are built from.
func (e *Environment) toolSources() ([]string, error) {
	var folders []string
	for _, folder := range ours {
		folders = append(folders, path.Clean(folder))
	}
	return sources(e.Module, folders)
}
