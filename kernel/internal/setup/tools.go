package setup

import (
	"context"
	"os"
	"path/filepath"
)

// Tools are the programs that the kernel finds on its PATH, built from go.mod's tool lines, and the go command of
// cells. They are built together: on two cores one go build of four takes less time than four.
var tools = []string{
	"github.com/janpfeifer/gonb",
	"golang.org/x/tools/cmd/goimports",
	"golang.org/x/tools/gopls",
}

// BinFolder is the folder of gonb, goimports, gopls, and the go command that cells get.
func (e *Environment) BinFolder() string { return filepath.Join(e.tools.folder, "bin") }

func (e *Environment) toolsStep() step {
	return step{"tools", "building gonb, goimports and gopls from go.mod", e.tools, e.makeTools}
}

func (e *Environment) makeTools(ctx context.Context, _ string) error {
	if err := os.MkdirAll(e.BinFolder(), 0o700); err != nil {
		return cacheError(e.BinFolder(), err)
	}
	// No -trimpath: the standard library would be compiled once for the tools and once more for cells.
	build := []string{"build", "-ldflags=-s -w", "-o"}
	if err := e.Go.run(ctx, e.Module, append(append(build, e.BinFolder()+string(filepath.Separator)), tools...)...); err != nil {
		return err
	}
	cellGo := filepath.Join(e.BinFolder(), "go"+executableSuffix)
	return e.Go.run(ctx, e.Module, append(build, cellGo, "./kernel/cellgo")...)
}
