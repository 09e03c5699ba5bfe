package setup

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// checkout returns an Environment over a small checkout of its own.
func checkout(t *testing.T) *Environment {
	t.Helper()
	module := filepath.Join(t.TempDir(), "my [course] *") // which is no pattern
	for name, content := range map[string]string{
		"go.mod": "module multiprocessing\n", "go.sum": "", "kernel/requirements.txt": "a==1\n",
		"kernel/cellgo/main.go": "package main\n", "kernel/front/main.go": "package main\n", "kernel/cellrun/main.go": "package main\n",
		"kernel/papermill/pyproject.toml": "[project]\n", "kernel/papermill/build_backend/wheel_backend.py": "",
		"kernel/papermill/src/gonb_papermill/engine.py": "a = 1\n",
	} {
		write(t, filepath.Join(module, name), content)
	}
	cache, goCommand := t.TempDir(), filepath.Join(t.TempDir(), "bin", "go")
	write(t, goCommand, "")
	e := &Environment{
		Module: module, Cache: cache, Parts: cache,
		Go:     GoCommand{Path: goCommand, Version: "go1.26.0 linux/amd64"},
		Python: Python{Path: "/usr/bin/python3", Version: "3.13.1"},
	}
	if err := e.nameParts(); err != nil {
		t.Fatal(err)
	}
	return e
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAChangedFileRemakesOnlyWhatDependsOnIt(t *testing.T) {
	e := checkout(t)
	tools, venv, own := e.tools, e.venv, e.checkout
	write(t, filepath.Join(e.Module, "go.mod"), "module multiprocessing\n\ngo 1.26\n")
	if err := e.nameParts(); err != nil {
		t.Fatal(err)
	}
	if e.tools == tools || e.venv != venv || e.checkout != own {
		t.Errorf("after a change of go.mod: tools %v, Python %v, checkout %v; want the tools alone to change", e.tools != tools, e.venv != venv, e.checkout != own)
	}
	tools = e.tools
	write(t, filepath.Join(e.Module, "kernel/requirements.txt"), "a==2\n")
	if err := e.nameParts(); err != nil {
		t.Fatal(err)
	}
	if e.tools != tools || e.venv == venv {
		t.Errorf("after a change of requirements.txt: tools %v, Python %v; want Python alone to change", e.tools != tools, e.venv != venv)
	}
	venv = e.venv
	write(t, filepath.Join(e.Module, "kernel/papermill/src/gonb_papermill/engine.py"), "a = 2\n")
	if err := e.nameParts(); err != nil {
		t.Fatal(err)
	}
	if e.tools != tools || e.venv == venv {
		t.Errorf("after a change of our Python package: tools %v, Python %v; want Python alone to change", e.tools != tools, e.venv != venv)
	}
}

func TestAnotherGoOrPythonRemakesWhatItMade(t *testing.T) {
	e := checkout(t)
	tools, venv := e.tools, e.venv
	e.Go.Version, e.Python.Version = "go1.26.1 linux/amd64", "3.13.2"
	if err := e.nameParts(); err != nil {
		t.Fatal(err)
	}
	if e.tools == tools || e.venv == venv {
		t.Error("the parts that an older Go and Python made are taken for those of the new ones")
	}
}

func TestAPartThatWasCutOffIsMadeAgain(t *testing.T) {
	e := checkout(t)
	cutOff := errors.New("cut off")
	err := e.tools.make(func(folder string) error {
		write(t, filepath.Join(folder, "half"), "")
		return cutOff
	})
	if !errors.Is(err, cutOff) || e.tools.complete() {
		t.Fatalf("error %v, complete %v; want the error and no trust in what is there", err, e.tools.complete())
	}
	if err := e.tools.make(func(string) error { return nil }); err != nil || !e.tools.complete() {
		t.Errorf("made again: error %v, complete %v", err, e.tools.complete())
	}
}

func TestAFinishedStepIsNotDoneAgain(t *testing.T) {
	e := checkout(t)
	done := 0
	s := e.tools.step("name", "doing", func(context.Context, string) error { done++; return nil })
	var out bytes.Buffer
	p := &stepLog{out: &out}
	for range 2 {
		if err := p.run(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	if done != 1 {
		t.Errorf("done %d times, want once", done)
	}
	if lines := strings.Count(out.String(), "\n"); lines != 2 || !strings.Contains(out.String(), "done in") {
		t.Errorf("printed %q, want a line for the start and one with the time", out.String())
	}
}

func TestPythonIsNewEnough(t *testing.T) {
	for version, want := range map[string]bool{
		"2.7.18": false, "3.8.10": false, "3.10.14": false, "3.11.0": true, "3.14.1": true, "4.0.0": false, "": false, "3": false, "3.x.1": false,
	} {
		if got := (Python{Version: version}).newEnough(); got != want {
			t.Errorf("Python %q: %v, want %v", version, got, want)
		}
	}
}

func TestErrorsOfCommandsSayWhatToDo(t *testing.T) {
	failed := errors.New("exit status 1")
	for _, test := range []struct{ output, want string }{
		{"go: downloading x\ngo: x: Get \"https://proxy\": dial tcp: lookup proxy: no such host\n", "no network"},
		{"WARNING: Retrying after NewConnectionError\nERROR: No matching distribution\n", "no network"},
		{"mkdir x: no space left on device\n", "disk is full"},
		{"first\nlast: what was wrong\n", "last: what was wrong"},
		{"", "exit status 1"},
	} {
		got := commandError([]byte(test.output), failed).Error()
		if !strings.Contains(got, test.want) || strings.Contains(got, "\n") {
			t.Errorf("output %q: error %q, want one line with %q", test.output, got, test.want)
		}
	}
	if got := commandError([]byte(strings.Repeat("é", 1000)), failed).Error(); len([]rune(got)) > 400 {
		t.Errorf("an error of %d characters", len([]rune(got)))
	}
}

func TestAPythonWithoutVenvIsNamed(t *testing.T) {
	for _, output := range []string{
		"/usr/bin/python3: No module named venv",
		"The virtual environment was not created successfully because ensurepip is not\navailable.",
	} {
		if err := venvError(Python{Version: "3.11.2"}, []byte(output), errors.New("exit status 1")); !strings.Contains(err.Error(), "python3-venv") {
			t.Errorf("output %q: error %q, want how to install venv", output, err)
		}
	}
}

func TestNamesOfKernels(t *testing.T) {
	for name, want := range map[string]bool{"gonb": true, "go-1.26_x": true, "": false, "..": false, "a/b": false, "a b": false, "é": false} {
		if got := validName(name); got != want {
			t.Errorf("name %q: %v, want %v", name, got, want)
		}
	}
}

func TestInstallReplacesNobodyElsesKernel(t *testing.T) {
	e, prefix := checkout(t), t.TempDir()
	spec := filepath.Join(prefix, "share", "jupyter", "kernels", "gonb", "kernel.json")
	write(t, spec, `{"argv": ["gonb"], "metadata": {}}`)
	if _, err := e.Install("gonb", prefix, false); err == nil || !strings.Contains(err.Error(), "--force") {
		t.Errorf("over another kernel: error %v, want one that names --force", err)
	}
	for _, force := range []bool{true, false} { // the second time it is our own
		if _, err := e.Install("gonb", prefix, force); err != nil {
			t.Errorf("force %v: %v", force, err)
		}
	}
	if installed, err := e.Installed(); err != nil || len(installed) != 1 {
		t.Errorf("remembered %v, %v; want one folder", installed, err)
	}
	if info, err := os.Stat(spec); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("kernel.json: %v, %v; want it private", info, err)
	}
}

func TestOtherUsersCanListAnInstalledKernel(t *testing.T) {
	old := syscall.Umask(0o077)
	defer syscall.Umask(old)
	e, prefix := checkout(t), filepath.Join(t.TempDir(), "private")
	if err := os.MkdirAll(filepath.Join(prefix, "share", "jupyter", "kernels"), 0o700); err != nil { // by an earlier install
		t.Fatal(err)
	}
	folder, err := e.Install("gonb", prefix, false)
	if err != nil {
		t.Fatal(err)
	}
	for path := folder; path != prefix; path = filepath.Dir(path) {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o755 {
			t.Errorf("%s: %v, %v; want it listable by all", path, info.Mode(), err)
		}
	}
	if info, err := os.Stat(prefix); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the prefix itself: %v, %v; want it as it was", info.Mode(), err)
	}
	top := filepath.Dir(prefix)
	if err := os.Chmod(top, 0o700); err != nil {
		t.Fatal(err)
	}
	if folder, err = e.Install("gonb", filepath.Join(top, "new", "prefix"), false); err != nil {
		t.Fatal(err)
	}
	for path := folder; path != top; path = filepath.Dir(path) {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o755 {
			t.Errorf("%s, which install made: %v, %v; want it listable by all", path, info.Mode(), err)
		}
	}
	if info, err := os.Stat(top); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder above a new prefix: %v, %v; want it as it was", info.Mode(), err)
	}
}

func TestAPlaceThatInstallCannotWriteIsNamed(t *testing.T) {
	e, prefix := checkout(t), filepath.Join(t.TempDir(), "file")
	write(t, prefix, "")
	_, err := e.Install("gonb", prefix, false)
	if err == nil || !strings.Contains(err.Error(), "cannot write "+prefix+"/share/jupyter/kernels/gonb: not a directory; name a folder you may write in --prefix") || strings.Contains(err.Error(), "cache") {
		t.Errorf("error %v, want one that names the place", err)
	}
}

func TestInstalledKernelsAreExaminedForWhatTheirReaderCanCure(t *testing.T) {
	e := checkout(t)
	t.Chdir(t.TempDir())
	folder, err := e.Install("gonb", "venv", false)
	if err != nil {
		t.Fatal(err)
	}
	if !filepath.IsAbs(folder) {
		t.Errorf("installed in %s; that is noted, and means another folder elsewhere", folder)
	}
	front := e.spec("gonb").Argv[0]
	if found := e.examineInstalled(); len(found) != 1 || found[0].OK || !strings.Contains(found[0].Detail, front+", which is gone") {
		t.Errorf("a kernel whose program is gone: %v", found)
	}
	write(t, front, "")
	if found := e.examineInstalled(); len(found) != 1 || !found[0].OK || found[0].Detail != folder {
		t.Errorf("a kernel that is whole: %v", found)
	}
	if err := os.RemoveAll("venv"); err != nil {
		t.Fatal(err)
	}
	if found := e.examineInstalled(); len(found) != 0 {
		t.Errorf("a kernel whose virtual environment was removed: %v; want no word of it", found)
	}
	other, err := e.Install("gonb", "other", false)
	if err != nil {
		t.Fatal(err)
	}
	if installed, err := e.Installed(); err != nil || !slices.Equal(installed, []string{other}) {
		t.Errorf("remembered %v, %v; want only the one that is there", installed, err)
	}
	if err := os.RemoveAll(e.Module); err != nil {
		t.Fatal(err)
	}
	if found := e.examineInstalled(); len(found) != 1 || found[0].OK || !strings.Contains(found[0].Detail, e.Module) {
		t.Errorf("a kernel whose checkout is gone: %v", found)
	}
}

func TestAKernelspecOfAnotherGoIsNotTakenForGood(t *testing.T) {
	data := filepath.Join(t.TempDir(), "share", "jupyter")
	t.Setenv("JUPYTER_DATA_DIR", data)
	for name, change := range map[string]func(*testing.T, *Environment){
		"Go has moved": func(t *testing.T, e *Environment) {
			moved := filepath.Join(t.TempDir(), "bin", "go")
			if err := errors.Join(os.MkdirAll(filepath.Dir(moved), 0o700), os.Rename(e.Go.Path, moved)); err != nil {
				t.Fatal(err)
			}
			e.Go.Path = moved
		},
		"a second Go is found first": func(t *testing.T, e *Environment) {
			e.Go.Path = filepath.Join(t.TempDir(), "bin", "go")
			write(t, e.Go.Path, "")
		},
		"Go was upgraded where it is": func(_ *testing.T, e *Environment) { e.Go.Version = "go1.26.1 linux/amd64" },
	} {
		t.Run(name, func(t *testing.T) {
			for prefix, install := range map[string]string{
				"": "go run ./kernel install --name mine\"", t.TempDir() + "/it's": "go run ./kernel install --name mine --prefix '/",
			} {
				e := checkout(t)
				write(t, e.spec("mine").Argv[0], "")
				if _, err := e.Install("mine", prefix, true); err != nil {
					t.Fatal(err)
				}
				if err := e.kernelStep().make(t.Context()); err != nil || !e.kernelStep().done() {
					t.Fatalf("the kernelspec is not up to date after set-up: %v", err)
				}
				before := *e
				change(t, e)
				if err := e.nameParts(); err != nil {
					t.Fatal(err)
				}
				if found := e.examineInstalled(); len(found) != 1 || found[0].OK || !strings.Contains(found[0].Detail, install) || strings.Contains(found[0].Detail, "\n") {
					t.Errorf("the installed kernel: %v, want a line with %q", found, install)
				}
				if found := e.examineKernelspec(); found.OK || !strings.Contains(found.Detail, "go run ./kernel lab") || e.kernelStep().done() {
					t.Errorf("the kernelspec for lab and run: %v, want that the next start writes it", found)
				}
				if err := errors.Join(e.kernelStep().make(t.Context()), os.MkdirAll(filepath.Dir(before.Go.Path), 0o700), os.WriteFile(before.Go.Path, nil, 0o600)); err != nil {
					t.Fatal(err)
				}
				*e = before // back to the first Go
				if e.kernelStep().done() {
					t.Error("the kernelspec of the other Go is taken for that of the first")
				}
			}
		})
	}
}

func TestTheCheckoutIsFoundFromBelow(t *testing.T) {
	module := t.TempDir()
	write(t, filepath.Join(module, "go.mod"), "module multiprocessing\n")
	write(t, filepath.Join(module, "other", "go.mod"), "module other\n")
	write(t, filepath.Join(module, "other", "deep", "file"), "")
	want, err := filepath.EvalSymlinks(module)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := FindModule(filepath.Join(module, "other", "deep")); err != nil || got != want {
		t.Errorf("found %q, %v; want %q", got, err, want)
	}
	if _, err := FindModule(filepath.Dir(module)); err == nil || !strings.Contains(err.Error(), "inside the checkout") {
		t.Errorf("outside of a checkout: error %v", err)
	}
}

func TestVersionsOfTools(t *testing.T) {
	for text, want := range map[string]string{
		"x: go1.26\n\tpath\tx\n\tmod\texample.com/x\tv1.2.3\th1:\n\tdep\texample.com/y\tv0.1.0\n":   "v1.2.3",
		"x: go1.26\n\tmod\texample.com/x\tv1.2.3\n\t=>\texample.com/z\tv2.0.0\th1:\n\tdep\ty\tv0\n": "v2.0.0",
		"": "of unknown version",
	} {
		if got := moduleVersion(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestGoIsAskedForItsSettings(t *testing.T) {
	e := checkout(t)
	command, err := findGo(t.Context(), e.Module)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(command.Path, "version").CombinedOutput(); err != nil || !strings.Contains(string(out), command.Version) {
		t.Errorf("%s version: %q, %v; want %q in it", command.Path, out, err, command.Version)
	}
}
