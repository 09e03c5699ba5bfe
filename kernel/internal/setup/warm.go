package setup

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// shown are packages that cells use and lib does not import.
var shown = []string{"github.com/janpfeifer/gonb/gonbui", "github.com/go-gota/gota/series"}

func (e *Environment) warmStep() step {
	stamp := e.checkout.within("cache-" + filepath.Base(e.tools.folder))
	return stamp.step("cache", "building a first cell, without the network", e.warm)
}

// warm builds a cell that imports all of lib and of the standard library, just as the kernel would and with the network
// shut out. The next build finds every package compiled, and the go command of cells knows each of them; and a pin that
// is missing shows here, not in a reader's first cell.
func (e *Environment) warm(ctx context.Context, _ string) error {
	// Where modules were prepared and cannot be added to, there are those that cells need, and perhaps no others.
	if !e.prepared() || canWrite(e.Go.Modules) == nil {
		if err := e.runGo(ctx, "mod", "download"); err != nil {
			return err
		}
	}
	packages, err := e.cellPackages(ctx)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "multiprocessing-warm-*")
	if err != nil {
		return fmt.Errorf("making a temporary folder: %w", err)
	}
	defer os.RemoveAll(folder)
	if err := e.cellGo(ctx, folder, "mod", "init", "warm"); err != nil {
		return err
	}
	var source strings.Builder
	source.WriteString("package main\n\nimport (\n")
	for _, path := range packages {
		fmt.Fprintf(&source, "\t_ %q\n", path)
	}
	source.WriteString(")\n\nfunc main() {}\n")
	if err := os.WriteFile(filepath.Join(folder, "main.go"), []byte(source.String()), 0o600); err != nil {
		return fmt.Errorf("writing a first cell: %w", err)
	}
	if err := e.cellGo(ctx, folder, "get"); err != nil {
		return err
	}
	return e.cellGo(ctx, folder, "build", "-o", filepath.Join(folder, "cell"))
}

// notForCells are packages of the standard library that a cell cannot import, or that are linked in another way.
var notForCells = []string{"plugin", "runtime/race", "runtime/cgo"}

// importable has go list leave out commands, such as lib/cluster/worker.
const importable = `{{if ne .Name "main"}}{{.ImportPath}}{{end}}`

// cellPackages lists what a cell may import of this module and of the standard library, and what else it usually does.
func (e *Environment) cellPackages(ctx context.Context) ([]string, error) {
	out, err := e.goTool(ctx, "list", "-f", importable, "./lib/...", "std").Output()
	if err != nil {
		return nil, fmt.Errorf("go list ./lib/... std: %w", commandError(out, err))
	}
	packages := slices.DeleteFunc(strings.Fields(string(out)), func(path string) bool {
		return strings.Contains("/"+path+"/", "/internal/") || strings.HasPrefix(path, "vendor/") || slices.Contains(notForCells, path)
	})
	return append(packages, shown...), nil
}

// cellGo runs the go command of cells in folder, as the kernel does.
func (e *Environment) cellGo(ctx context.Context, folder string, args ...string) error {
	cmd := exec.CommandContext(ctx, filepath.Join(e.BinFolder(), "go"), args...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "GOPROXY=off")
	for name, value := range e.CellEnv(os.Getenv("PATH")) {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building a first cell: go %s: %w", args[0], commandError(out, err))
	}
	return nil
}
