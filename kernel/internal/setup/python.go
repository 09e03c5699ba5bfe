package setup

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"multiprocessing/internal/envvar"
)

// pythonMinor is the oldest Python 3 that the pinned packages are resolved for.
const pythonMinor = 11

// Python is the interpreter that the course's own environment is made with.
type Python struct {
	Path    string
	Version string // as "3.11.7"
}

var pythonNames = []string{"python3", "python", "python3.14", "python3.13", "python3.12", "python3.11"}

// findPython returns the Python that MULTIPROCESSING_PYTHON names, else the first on PATH that is new enough.
func findPython(ctx context.Context) (Python, error) {
	names := pythonNames
	if named := os.Getenv(envvar.Python); named != "" {
		names = []string{named}
	}
	var old error
	for _, name := range names {
		python, err := askPython(ctx, name)
		if err != nil {
			continue
		}
		if python.newEnough() {
			return python, nil
		}
		if old == nil {
			old = fmt.Errorf("finding Python: %s is Python %s, too old; install Python 3.%d or newer, or name one in %s", python.Path, python.Version, pythonMinor, envvar.Python)
		}
	}
	if old != nil {
		return Python{}, old
	}
	if named := os.Getenv(envvar.Python); named != "" {
		return Python{}, fmt.Errorf("finding Python: %s names %s, which does not run; name a Python 3.%d or newer", envvar.Python, named, pythonMinor)
	}
	return Python{}, fmt.Errorf("finding Python: none on PATH; install Python 3.%d or newer, or name one in %s", pythonMinor, envvar.Python)
}

// askPython asks the interpreter called name where it is and which version.
func askPython(ctx context.Context, name string) (Python, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return Python{}, err
	}
	out, err := exec.CommandContext(ctx, path, "-I", "-c", `import sys; print(sys.executable); print("%d.%d.%d" % sys.version_info[:3])`).Output()
	if err != nil {
		return Python{}, err
	}
	where, version, found := strings.Cut(string(out), "\n")
	if !found {
		return Python{}, fmt.Errorf("unexpected answer %q", out)
	}
	return Python{strings.TrimSpace(where), strings.TrimSpace(version)}, nil
}

func (p Python) newEnough() bool {
	parts := strings.Split(p.Version, ".")
	if len(parts) < 2 || parts[0] != "3" {
		return false
	}
	minor, err := strconv.Atoi(parts[1])
	return err == nil && minor >= pythonMinor
}

func (e *Environment) pythonStep() step {
	what := "JupyterLab"
	if Headless() {
		what = "papermill"
	}
	return e.venv.step("python", "installing "+what+", pinned by hash, for Python "+e.Python.Version, e.makeVenv)
}

// VenvPython is the interpreter of the course's own Python environment.
func (e *Environment) VenvPython() string {
	return filepath.Join(e.venv.folder, "bin", "python")
}

func (e *Environment) makeVenv(ctx context.Context, folder string) error {
	out, err := e.pythonCommand(ctx, e.Python.Path, "-m", "venv", "--clear", folder).CombinedOutput()
	if err != nil {
		return venvError(e.Python, out, err)
	}
	if err := e.pipInstall(ctx, requirements()); err != nil {
		return err
	}
	return e.installPlugin(ctx)
}

// pipInstall installs what a requirements file pins. Wheels only: no package's own code runs while it is installed.
func (e *Environment) pipInstall(ctx context.Context, requirements string) error {
	out, err := e.pythonCommand(ctx, e.VenvPython(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
		"--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", requirements).CombinedOutput()
	if err != nil {
		return fmt.Errorf("pip install: %w", commandError(out, err))
	}
	return nil
}

// InstallTestRequirements adds what only tests need to the course's Python environment.
func (e *Environment) InstallTestRequirements(ctx context.Context) error {
	const pinned = "kernel/requirements-test.txt"
	content, err := os.ReadFile(filepath.Join(e.Module, pinned))
	if err != nil {
		return fmt.Errorf("reading what tests need: %w", err)
	}
	tests := e.venv.within(fmt.Sprintf("tests-%08x", crc32.ChecksumIEEE(content)))
	if tests.complete() {
		return nil
	}
	unlock, err := e.lock(ctx, func() {})
	if err != nil {
		return err
	}
	defer unlock()
	return tests.make(func(string) error { return e.pipInstall(ctx, pinned) })
}

func (e *Environment) pythonCommand(ctx context.Context, python string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, python, args...)
	cmd.Dir = e.Module
	cmd.Env = WithoutPythonSettings(os.Environ())
	return cmd
}

// WithoutPythonSettings drops from env what would lead the course's Python to modules of another Python.
func WithoutPythonSettings(env []string) []string {
	var kept []string
	for _, setting := range env {
		name, _, _ := strings.Cut(setting, "=")
		switch name {
		case "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE":
		default:
			kept = append(kept, setting)
		}
	}
	return kept
}

var noVenv = regexp.MustCompile(`(?i)no module named '?"?(venv|ensurepip)|ensurepip is not\s+available`)

func venvError(p Python, out []byte, err error) error {
	if noVenv.Match(out) {
		return errors.New("Python " + p.Version + " has no venv module: install it (on Debian and Ubuntu: apt install python3-venv) and start again")
	}
	return fmt.Errorf("making a Python environment: %w", commandError(out, err))
}
