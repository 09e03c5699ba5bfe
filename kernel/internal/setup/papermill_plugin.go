package setup

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"slices"
)

// pluginFolder holds our Python package, which gives papermill a translator and an engine for Go.
const pluginFolder = "kernel/papermill"

// pluginSources are the files that the package is built from, as paths in the module. Its README is left out: an edit
// there is not worth a new environment.
func (e *Environment) pluginSources() ([]string, error) {
	sources := []string{pluginFolder + "/pyproject.toml", pluginFolder + "/build_backend/wheel_backend.py"}
	modules, err := fs.Glob(os.DirFS(e.Module), pluginFolder+"/src/gonb_papermill/*.py")
	if err != nil {
		return nil, fmt.Errorf("looking for %s: %w", pluginFolder, err)
	}
	sources = append(sources, modules...)
	slices.Sort(sources)
	return sources, nil
}

// installPlugin installs the package from the checkout. It builds with Python's own library alone, so nothing is
// downloaded, and what is installed is the checkout's: there is no hash to check it by but the one in the folder's name.
func (e *Environment) installPlugin(ctx context.Context) error {
	cmd := e.pythonCommand(ctx, e.VenvPython(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
		"--no-index", "--no-deps", "--no-build-isolation", "./"+pluginFolder)
	// pip imports the build backend from the checkout, which stays as it is.
	cmd.Env = append(cmd.Env, "PYTHONDONTWRITEBYTECODE=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("pip install ./%s: %w", pluginFolder, commandError(out, err))
	}
	return nil
}
