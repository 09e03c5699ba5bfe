package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"multiprocessing/kernel/internal/folder"
)

// build builds the cell in the current folder as "go build" with these arguments would, and returns how. If it returns an
// error, the real go command must build the cell; it also reports mistakes in the cell to the reader.
func build(goCommand string, cache cellCache, args []string) (how string, err error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	c, err := readCompilation(folder, args)
	if err != nil {
		return "", err
	}
	key, err := c.key()
	if err != nil {
		return "", err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	scratch, err := makeScratch(filepath.Dir(c.binary))
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(scratch)
	how, err = c.buildIn(ctx, scratch, goCommand, cache, key)
	if ctx.Err() != nil {
		return "", errInterrupted
	}
	return how, err
}

var errInterrupted = errors.New("interrupted while the cell was being built")

func (c *compilation) buildIn(ctx context.Context, scratch, goCommand string, cache cellCache, key string) (how string, err error) {
	p := loadImportSet(cache, key, c.imports)
	if p == nil {
		if p, err = c.makeImportSet(ctx, goCommand, scratch, cache, key); err != nil {
			return "", err
		}
	}
	name := keyOf(p.id, key, c.folder, c.module.Module.Mod.Path, string(c.source))
	last := c.programs().path(ofPrograms, name)
	if touch(last) {
		return reusing, place(last, c.binary)
	}
	made, err := c.link(ctx, scratch, p, name)
	if err != nil {
		return "", err
	}
	if err := place(made, c.binary); err != nil {
		return "", err
	}
	c.keep(made, last)
	return direct, nil
}

// ofPrograms are the last programs of a kernel, for cells that are run again.
var ofPrograms = kind{"programs", 64 << 20}

// programs is a cache in the kernel's folder, which is removed with the kernel. No other kernel can use its programs:
// they have the path of their folder and the name of its module in them.
func (c *compilation) programs() cellCache {
	return cellCache{folder: filepath.Join(filepath.Dir(c.binary), ".cellgo")}
}

// keep stores a program. If that fails, the next run of the cell builds it again.
func (c *compilation) keep(program, path string) {
	if os.MkdirAll(filepath.Dir(path), 0o700) == nil && place(program, path) == nil {
		c.programs().prune(ofPrograms)
	}
}

// makeImportSet makes the set for the cell's imports. If packages are not compiled yet and the cache is writable, the
// real go command compiles them first.
func (c *compilation) makeImportSet(ctx context.Context, goCommand, scratch string, cache cellCache, key string) (*importSet, error) {
	packages := loadPackages(cache, key)
	p, err := packages.importSetOf(c.imports)
	if why := unsupported(""); errors.As(err, &why) {
		return nil, err
	}
	if err != nil {
		if folder.Writable(cache.folder) != nil {
			return nil, fmt.Errorf("the cache %s is not writable", cache.folder)
		}
		failed := packages.prepare(ctx, goCommand, scratch, c)
		_ = packages.save(cache, key)
		if failed != nil {
			return nil, failed
		}
		if p, err = packages.importSetOf(c.imports); err != nil {
			return nil, err
		}
	}
	return p, p.save(cache, key, c.imports)
}

// link compiles and links the cell and returns the binary's path.
func (c *compilation) link(ctx context.Context, scratch string, p *importSet, id string) (binary string, err error) {
	info, err := p.Recipe.infoOf(c.module.Module.Mod.Path, p.Modules)
	if err != nil {
		return "", err
	}
	archive, binary := filepath.Join(scratch, "main.a"), filepath.Join(scratch, "main")
	imports, links := filepath.Join(scratch, "imports"), filepath.Join(scratch, "links")
	own := fmt.Sprintf("packagefile %s=%s\n", c.module.Module.Mod.Path, archive)
	if err := os.WriteFile(imports, []byte(p.Imports), 0o600); err != nil {
		return "", err
	}
	if err := os.WriteFile(links, []byte(own+p.Links+info), 0o600); err != nil {
		return "", err
	}
	compile := p.Recipe.Compile.fill(holdOutput, archive, holdConfig, imports, holdID, id, holdInput, "./main.go", holdWork+"/b001", scratch)
	if err := c.start(ctx, p.Recipe, p.Recipe.Compile.Environment, compile); err != nil {
		return "", err
	}
	link := p.Recipe.Link.fill(holdOutput, binary, holdConfig, links, holdID, id, holdInput, archive)
	return binary, c.start(ctx, p.Recipe, slices.Concat(p.Recipe.Link.Environment, withoutCollector), link)
}

// withoutCollector turns off garbage collection in the linker, which saves 5 of 60 ms. For a cell with fmt the linker
// needs 60 MB in either case; the limit is for a cell that links a hundred times as much.
var withoutCollector = []string{"GOGC=off", "GOMEMLIMIT=1GiB"}

// forPrograms are settings of Go programs that a reader may set for cells. The compiler and the linker, which are Go
// programs, must not use them.
var forPrograms = []string{"GOMAXPROCS", "GOGC", "GOMEMLIMIT", "GOTRACEBACK"}

// start runs the compiler or the linker. If it fails, the real go command builds the cell again and prints the errors.
func (c *compilation) start(ctx context.Context, r *recipe, own, args []string) error {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = c.folder
	cmd.Cancel = func() error { return cmd.Process.Kill() }
	cmd.Env = slices.DeleteFunc(os.Environ(), func(setting string) bool {
		name, _, _ := strings.Cut(setting, "=")
		return slices.Contains(forPrograms, name)
	})
	cmd.Env = append(append(append(cmd.Env, r.Environment...), own...), "PWD="+c.folder)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", filepath.Base(args[0]), err, firstLine(string(out)))
	}
	return nil
}

// scratchName is the prefix of the names of scratch folders. They are beside the binary, in a folder that is removed with
// the kernel; the go command ignores names that begin with a dot.
const scratchName = ".cellgo-"

// makeScratch makes a scratch folder for a build, and removes those of builds that were killed.
func makeScratch(parent string) (string, error) {
	left, _ := fs.Glob(os.DirFS(parent), scratchName+"*") // parent's own name may look like a pattern
	for _, name := range left {
		folder := filepath.Join(parent, name)
		if info, err := os.Stat(folder); err == nil && time.Since(info.ModTime()) > time.Minute {
			_ = os.RemoveAll(folder)
		}
	}
	return os.MkdirTemp(parent, scratchName+"*")
}
