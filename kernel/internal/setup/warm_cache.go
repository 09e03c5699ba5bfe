package setup

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"multiprocessing/kernel/internal/folder"
	"multiprocessing/kernel/internal/gonb"
)

// shown are packages that cells use and lib does not import.
var shown = []string{gonb.Gonbui, "github.com/go-gota/gota/series"}

// modulesStep downloads all modules of go.mod. Where modules were prepared and cannot be added to, there are those that
// cells need, and perhaps no others.
func (e *Environment) modulesStep() step {
	return e.checkout.within("modules-"+e.toolsName()).step("modules", "downloading the modules of go.mod", func(ctx context.Context, _ string) error {
		if e.prepared() && folder.Writable(e.Go.Modules) != nil {
			return nil
		}
		return e.runGo(ctx, "mod", "download")
	})
}

// firstCell is stamped when a first cell can run.
func (e *Environment) firstCell() part { return e.checkout.within("first-" + e.toolsName()) }

func (e *Environment) firstCellStep() step {
	return e.firstCell().step("cell", "building a first cell, without the network", func(ctx context.Context, _ string) error {
		return e.warm(ctx, func(path string) bool { return !slow(path) })
	})
}

// warmStep builds what remains, which takes longest.
func (e *Environment) warmStep() step {
	return e.checkout.within("cache-"+e.toolsName()).step("cache", "building the other packages that cells may import", func(ctx context.Context, _ string) error {
		return e.warm(ctx, func(string) bool { return true })
	})
}

func (e *Environment) toolsName() string { return filepath.Base(e.tools.folder) }

// slow reports whether a package of lib has large dependencies: SQL drivers, or NATS.
func slow(path string) bool {
	return strings.HasPrefix(path, modulePath+"/lib/workload/query") || strings.HasPrefix(path, modulePath+"/lib/cluster")
}

// warm builds a cell that imports all that a cell can import and that is wanted, just as the kernel would and with the
// network shut out. The next build finds every package compiled, and the go command of cells knows each of them; and a pin
// that is missing shows here, not in a reader's first cell.
func (e *Environment) warm(ctx context.Context, wanted func(path string) bool) error {
	packages, err := e.cellPackages(ctx)
	if err != nil {
		return err
	}
	packages = slices.DeleteFunc(packages, func(path string) bool { return !wanted(path) })
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
	if e.shared != "" {
		cmd.Env = append(cmd.Env, e.sharedSources()...)
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building a first cell: go %s: %w", args[0], commandError(out, err))
	}
	return nil
}
