// Package setup makes what the course needs, once, in the user's cache folder: the pinned Go tools, a Python
// environment with JupyterLab, the kernelspec, and a warm build cache. Nothing of it is in the repository.
//
// Each part is in a folder named after a hash of its inputs, so that a changed go.mod or requirements file makes a new
// part and keeps those that do not depend on it. A part is valid only if its stamp file exists. The stamp is written last,
// so an interrupted set-up continues with that part. A file lock prevents two set-ups at the same time.
package setup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/internal/cellbuild"
	"multiprocessing/kernel/internal/firstcell"
	"multiprocessing/kernel/internal/gonb"
	"multiprocessing/kernel/internal/inuse"
)

// Environment is what set-up makes for one checkout of the course.
type Environment struct {
	Module string // the checkout: the folder of go.mod
	Cache  string // the course's folder in the user's cache
	Parts  string // the folder of what set-up makes: Cache, or the one that MULTIPROCESSING_SETUP names
	Go     GoCommand
	Python Python

	settings, tools, venv, checkout part // see nameParts

	shared string // the folder of this version in a shared place; empty for a kernel for one user
}

// step is one step of set-up as the user sees it.
type step struct {
	name, doing string
	done        func() bool
	make        func(ctx context.Context) error
}

// Locate finds the checkout, the cache folder, Go and Python, and makes nothing.
func Locate(ctx context.Context, dir string) (*Environment, error) {
	module, err := FindModule(dir)
	if err != nil {
		return nil, err
	}
	env := &Environment{Module: module}
	if env.Cache, err = cacheFolder(); err != nil {
		return nil, err
	}
	env.Parts = cmp.Or(os.Getenv(envvar.Setup), env.Cache)
	if env.Go, err = findGo(ctx, module); err != nil {
		return nil, err
	}
	return env, env.nameParts()
}

// LocateWithPython is Locate for the commands that need Python too.
func LocateWithPython(ctx context.Context, dir string) (*Environment, error) {
	env, err := Locate(ctx, dir)
	if err != nil {
		return nil, err
	}
	if env.Python, err = findPython(ctx); err != nil {
		return nil, err
	}
	return env, env.nameParts()
}

// nameParts works out which folder each part belongs in.
func (e *Environment) nameParts() (err error) {
	if e.settings, err = e.part("settings", nil, e.Go.Settings); err != nil {
		return err
	}
	programs, err := e.toolSources()
	if err != nil {
		return err
	}
	if e.tools, err = e.part("tools", append([]string{"go.mod", "go.sum"}, programs...), e.Go.Version, cellbuild.GOFLAGS(), gonb.Scripts["gopls"], gonb.Scripts["goimports"]); err != nil {
		return err
	}
	own, err := e.pluginSources()
	if err != nil {
		return err
	}
	if e.venv, err = e.part("python", append(own, requirements()), e.Python.Path, e.Python.Version); err != nil {
		return err
	}
	e.checkout, err = e.part("checkout", nil, e.Module)
	return err
}

// lock has this set-up be the only one that makes parts.
func (e *Environment) lock(ctx context.Context, waiting func()) (unlock func(), err error) {
	folder := e.workshop()
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, cacheError(folder, err)
	}
	if unlock, err = inuse.Lock(ctx, firstcell.Lock(folder), waiting); err != nil {
		return nil, cacheError(folder, err)
	}
	return unlock, nil
}

// makeParts makes what JupyterLab needs first, then what a first cell needs, then the rest.
func (e *Environment) makeParts(ctx context.Context, p *stepLog) error {
	defer firstcell.Tell(e.workshop(), "")
	if err := p.run(ctx, e.settingsStep()); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	modules := make(chan struct{}) // closed when they are there
	group.Go(func() error {
		defer close(modules)
		return p.run(ctx, e.modulesStep())
	})
	if e.Python.Path != "" {
		group.Go(func() error { return p.runAll(ctx, e.pythonStep(), e.kernelStep()) })
	}
	group.Go(func() error {
		forCells := []step{e.frontStep(), e.toolsStep(), e.firstCellStep()}
		for i, s := range forCells {
			firstcell.Tell(e.workshop(), fmt.Sprintf("%s (step %d of %d)", s.doing, i+1, len(forCells)))
			if i == len(forCells)-1 {
				<-modules
			}
			if err := p.run(ctx, s); err != nil {
				return err
			}
		}
		return p.runAll(ctx, e.goplsStep(), e.warmStep())
	})
	return group.Wait()
}

// ready reports whether no step is left to do.
func (e *Environment) ready() bool { return allDone(e.steps()) }

// readyForLab reports whether JupyterLab can start.
func (e *Environment) readyForLab() bool {
	return allDone([]step{e.settingsStep(), e.pythonStep(), e.kernelStep(), e.frontStep()})
}

func allDone(steps []step) bool {
	return !slices.ContainsFunc(steps, func(s step) bool { return !s.done() })
}

func (e *Environment) steps() []step {
	steps := []step{e.settingsStep(), e.frontStep(), e.toolsStep(), e.modulesStep(), e.firstCellStep(), e.goplsStep(), e.warmStep()}
	if e.Python.Path != "" { // without, the kernelspec for lab and run would be written without it
		steps = append(steps, e.pythonStep(), e.kernelStep())
	}
	return steps
}

// stepLog prints a line when a step begins and one when it ends, also for steps that run side by side.
type stepLog struct {
	mu  sync.Mutex
	out io.Writer // guarded by mu
}

func (p *stepLog) runAll(ctx context.Context, steps ...step) error {
	for _, s := range steps {
		if err := p.run(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (p *stepLog) run(ctx context.Context, s step) error {
	if s.done() {
		return nil
	}
	p.print("  %-8s %s ...\n", s.name, s.doing)
	start := time.Now()
	if err := s.make(ctx); err != nil {
		if ctx.Err() != nil {
			err = errors.New("stopped; the next start makes this step again")
		}
		return fmt.Errorf("set-up: %s: %w", s.name, err)
	}
	p.print("  %-8s done in %.1f s\n", s.name, time.Since(start).Seconds())
	return nil
}

func (p *stepLog) print(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintf(p.out, format, args...)
}
