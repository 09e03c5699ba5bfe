package setup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/internal/cellbuild"
	"multiprocessing/kernel/internal/inuse"
	"multiprocessing/kernel/internal/process"
	"multiprocessing/kernel/internal/usercache"
)

// InstallForEveryone registers the kernel under name below prefix, for every user of the machine, and returns the folder of
// the kernelspec. What the kernel reads is made in the shared place of prefix, if this version is not there yet; that
// takes a few minutes and 1.1 GB. Versions that no kernel uses are removed.
func (e *Environment) InstallForEveryone(ctx context.Context, name, prefix string, force bool, out io.Writer) (string, error) {
	prefix, err := resolve(prefix)
	if err != nil {
		return "", fmt.Errorf("install: --prefix: %w", err)
	}
	folder, err := specTarget(name, prefix, force)
	if err != nil {
		return "", err
	}
	place, err := sharedPlace(prefix)
	if err != nil {
		return "", fmt.Errorf("install: --prefix: %w", err)
	}
	if err := forAll(e.Go.Path); err != nil {
		return "", fmt.Errorf("install: Go in %s cannot serve every user: %w; install Go for all, for example in /usr/local/go", e.Go.Path, err)
	}
	for _, needed := range []string{place, filepath.Dir(folder)} {
		if err := makeSafely(needed); err != nil {
			cure := "name another folder in --prefix"
			if errors.Is(err, fs.ErrPermission) {
				cure = "run install as root, or " + cure
			}
			return "", fmt.Errorf("install: cannot use %s for every user: %w; %s", needed, err, cure)
		}
	}
	unlock, err := inuse.Lock(ctx, filepath.Join(place, "set-up.lock"), func() { fmt.Fprintln(out, "Another install is running; waiting for it.") })
	if err != nil {
		return "", fmt.Errorf("install: cannot write to %s: %w", place, err)
	}
	defer unlock()
	shared, err := e.makeVersion(ctx, place, out)
	if err != nil {
		return "", err
	}
	if err := e.register(folder, prefix, shared.sharedSpec(name, e.Module)); err != nil {
		return "", err
	}
	pruneVersions(place, filepath.Dir(folder), out)
	return folder, nil
}

// makeVersion makes this checkout's version in place, if it is missing. Until it is complete, other users cannot enter it.
func (e *Environment) makeVersion(ctx context.Context, place string, out io.Writer) (*Environment, error) {
	python, err := pythonForAll(ctx)
	if err != nil {
		return nil, err
	}
	if python.Path == "" {
		fmt.Fprintf(out, "No Python of version 3.%d or newer can be run by every user: comparisons with Python use each user's own.\n", pythonMinor)
	}
	name, err := e.version(python.name())
	if err != nil {
		return nil, err
	}
	folder := filepath.Join(place, name)
	setUp := filepath.Join(folder, "setup")
	shared := &Environment{Module: filepath.Join(folder, "course"), Cache: setUp, Parts: setUp, Go: e.Go, Python: python, shared: folder}
	shared.Go.Settings = ""
	whole := part{folder, filepath.Join(folder, ".complete")}
	log := &stepLog{out: out}
	if !whole.complete() {
		fmt.Fprintf(out, "Setting up in %s; this is done once for all users.\n", folder)
		if err := log.run(ctx, shared.courseStep(e.Module)); err != nil {
			return nil, err
		}
	}
	if err := shared.nameParts(); err != nil {
		return nil, err
	}
	shared.venv = part{filepath.Join(setUp, "python"), filepath.Join(setUp, "python", ".complete")}
	if whole.complete() {
		return shared, nil
	}
	return shared, whole.make(func(string) error {
		steps := []step{shared.frontStep(), shared.toolsStep(), shared.goplsStep(), shared.modulesStep(), shared.moduleGraphStep(), shared.seedStep(), shared.firstCellStep(), shared.warmStep()}
		if python.Path != "" {
			steps = append(steps, shared.bareVenvStep())
		}
		if err := log.runAll(ctx, steps...); err != nil {
			return err
		}
		if err := keepForever(filepath.Join(folder, usercache.BuildCache)); err != nil {
			return err
		}
		return openToAll(folder)
	})
}

// courseSources are what the course's packages and the tools are built from.
var courseSources = []string{"go.mod", "go.sum", "LICENSE", "internal", "kernel", "lib"}

// version returns the name of this checkout's version: a hash of all its inputs.
func (e *Environment) version(python string) (string, error) {
	hash := sha256.New()
	fmt.Fprintf(hash, "1 %q %q %q %q\n", e.Go.Version, e.Go.Path, cellbuild.GOFLAGS(), python)
	err := walkSources(e.Module, func(path string) error {
		content, err := os.ReadFile(filepath.Join(e.Module, path))
		fmt.Fprintf(hash, "%q %d\n%s", path, len(content), content)
		return err
	})
	return hex.EncodeToString(hash.Sum(nil))[:12], err
}

// versionName matches what version returns.
var versionName = regexp.MustCompile(`^[0-9a-f]{12}$`)

// walkSources calls visit with the path in module of each file of courseSources. It follows no links: they may lead to
// files that other users must not read.
func walkSources(module string, visit func(path string) error) error {
	for _, source := range courseSources {
		err := filepath.WalkDir(filepath.Join(module, source), func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return fmt.Errorf("reading the course: %w; is the checkout whole?", err)
			}
			if !entry.Type().IsRegular() {
				return nil
			}
			below, err := filepath.Rel(module, path)
			if err != nil {
				return err
			}
			return visit(below)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// courseStep copies the course's packages from a checkout, which only its owner may be able to read.
func (e *Environment) courseStep(checkout string) step {
	course := part{e.Module, filepath.Join(e.Module, ".complete")}
	return course.step("course", "copying the course's packages", func(_ context.Context, folder string) error {
		return walkSources(checkout, func(path string) error {
			content, err := os.ReadFile(filepath.Join(checkout, path))
			if err != nil {
				return err
			}
			target := filepath.Join(folder, path)
			if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
				return err
			}
			return os.WriteFile(target, content, 0o600)
		})
	})
}

// moduleGraphStep copies the go.mod files of all modules, which Go reads when a user adds a module.
func (e *Environment) moduleGraphStep() step {
	graph := part{e.shared, filepath.Join(e.shared, ".graph")}
	return graph.step("graph", "copying the go.mod files of all modules", func(ctx context.Context, _ string) error {
		cmd := e.goTool(ctx, "list", "-m", "all")
		cmd.Env = append(append(cmd.Env, "GOMODCACHE="+e.sharedEnv()["GOMODCACHE"]), e.sharedSources()...)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("go list -m all: %w", commandError(out, err))
		}
		return nil
	})
}

// bareVenvStep makes a Python environment without packages: comparisons need Python's own library only, and modules in a
// user's home must not change them.
func (e *Environment) bareVenvStep() step {
	return e.venv.step("python", "making a Python environment for comparisons", func(ctx context.Context, folder string) error {
		out, err := e.pythonCommand(ctx, e.Python.Path, "-m", "venv", "--clear", "--without-pip", folder).CombinedOutput()
		if err != nil {
			return venvError(e.Python, out, err)
		}
		return nil
	})
}

// pythonForAll returns the first Python that every user can run and that is new enough, or none.
func pythonForAll(ctx context.Context) (Python, error) {
	if named := os.Getenv(envvar.Python); named != "" {
		python, err := findPython(ctx)
		if err != nil {
			return Python{}, err
		}
		if err := forAll(python.Path); err != nil {
			return Python{}, fmt.Errorf("install: Python in %s, which %s names, cannot serve every user: %w", python.Path, envvar.Python, err)
		}
		return python, nil
	}
	for _, name := range pythonNames {
		for _, folder := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/local/bin", "/usr/bin") {
			path := filepath.Join(folder, name)
			if !filepath.IsAbs(folder) || forAll(path) != nil {
				continue
			}
			python, err := askPython(ctx, path)
			if err == nil && python.newEnough() && forAll(python.Path) == nil {
				return python, nil
			}
		}
	}
	return Python{}, nil
}

// name returns the interpreter and its version, or "" if there is none.
func (p Python) name() string { return strings.TrimSpace(p.Path + " " + p.Version) }

// sharedSpec is the kernelspec of a kernel for every user. It names the checkout, by which doctor finds it out of date.
func (e *Environment) sharedSpec(name, checkout string) kernelspec {
	spec := e.spec(name)
	spec.Metadata[ofCheckout], spec.Metadata[ofPython] = checkout, e.Python.name()
	return spec
}

// Metadata of a kernel for every user: the checkout and the Python from which it was installed.
const (
	ofCheckout = "multiprocessing_checkout"
	ofPython   = "multiprocessing_python"
)

// sharedEnv is what the environment of a kernel for every user adds. Variables that would make the builds of one user
// differ from those of set-up are empty.
func (e *Environment) sharedEnv() map[string]string {
	return map[string]string{
		envvar.Shared: e.shared, "GOMODCACHE": filepath.Join(e.shared, "modules"), "GOPATH": "", "GOROOT": "",
	}
}

// sharedSources leads the go command to this version's caches, and to the modules that were downloaded for this user.
func (e *Environment) sharedSources() []string {
	downloaded := url.URL{Scheme: "file", Path: filepath.Join(e.Go.Modules, "cache", "download")}
	return []string{
		"GOCACHE=" + filepath.Join(e.shared, usercache.BuildCache), "GOPROXY=" + downloaded.String(), "GONOPROXY=none", envvar.OwnCells + "=",
	}
}

// keepForever gives the files of a build cache a time to come. Go removes what was not used for days.
func keepForever(cache string) error {
	toCome := time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
	return filepath.WalkDir(cache, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		return os.Chtimes(path, toCome, toCome)
	})
}

// pruneVersions removes the versions in place that no kernelspec in kernels names and from which no program runs.
func pruneVersions(place, kernels string, out io.Writer) {
	entries, _ := os.ReadDir(place)
	for _, entry := range entries {
		folder := filepath.Join(place, entry.Name())
		if !versionName.MatchString(entry.Name()) || namedBy(kernels, folder) {
			continue
		}
		if running := process.From(folder); len(running) > 0 {
			fmt.Fprintf(out, "  Kept %s: %s. The next install removes it.\n", folder, runningFrom(running))
			continue
		}
		if removeTree(folder) == nil {
			fmt.Fprintf(out, "  Removed %s, which nothing uses any more.\n", folder)
		}
	}
}

// namedBy reports whether a kernelspec in kernels is of the kernel in folder.
func namedBy(kernels, folder string) bool {
	entries, _ := os.ReadDir(kernels)
	for _, entry := range entries {
		if spec, err := readSpec(filepath.Join(kernels, entry.Name())); err == nil && spec.Env[envvar.Shared] == folder {
			return true
		}
	}
	return false
}

// runningFrom describes processes, as "processes 12 and 13 run from it".
func runningFrom(running []process.Process) string {
	var ids []string
	for _, p := range running {
		ids = append(ids, fmt.Sprint(p.PID))
	}
	if len(ids) == 1 {
		return "process " + ids[0] + " runs from it"
	}
	return "processes " + strings.Join(ids[:len(ids)-1], ", ") + " and " + ids[len(ids)-1] + " run from it"
}
