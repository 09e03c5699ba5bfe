// Package jupyter runs Jupyter's own programs, JupyterLab and papermill, in the course's Python environment: with the
// course's kernel, with settings of their own, and apart from any Jupyter that the user has.
package jupyter

import (
	"fmt"
	"os"
	"path/filepath"

	"multiprocessing/kernel/internal/setup"
)

// folders are the places where Jupyter keeps things. It would otherwise use the user's own.
type folders struct {
	data string // kernels; from the set-up
	home string // settings, workspaces and connection files
	temp string // the kernels' temporary folder, removed at the end
}

// newFolders makes what is missing of them; data is LabData or RunData.
func newFolders(env *setup.Environment, data string) (folders, error) {
	f := folders{data: data, home: env.Scratch()}
	if err := os.MkdirAll(f.runtime(), 0o700); err != nil {
		return f, fmt.Errorf("making Jupyter's folders: %w", err)
	}
	temp, err := os.MkdirTemp("", "multiprocessing-*")
	if err != nil {
		return f, fmt.Errorf("making a temporary folder: %w; free some room, or name another in TMPDIR", err)
	}
	f.temp = temp
	return f, nil
}

func (f folders) config() string  { return filepath.Join(f.home, "config") }
func (f folders) runtime() string { return filepath.Join(f.home, "runtime") }

func (f folders) remove() { _ = os.RemoveAll(f.temp) }

// environment returns the user's environment with Jupyter led to the folders. GoNB keeps its code in TMPDIR and
// leaves it there when it is killed.
func (f folders) environment() []string {
	return append(setup.WithoutPythonSettings(os.Environ()),
		"JUPYTER_DATA_DIR="+f.data,
		"JUPYTER_CONFIG_DIR="+f.config(),
		"JUPYTER_RUNTIME_DIR="+f.runtime(),
		"JUPYTERLAB_SETTINGS_DIR="+filepath.Join(f.home, "settings"),
		"JUPYTERLAB_WORKSPACES_DIR="+filepath.Join(f.home, "workspaces"),
		"IPYTHONDIR="+filepath.Join(f.home, "ipython"),
		"JUPYTER_PATH=", "JUPYTER_CONFIG_PATH=", "JUPYTER_PREFER_ENV_PATH=1",
		"TMPDIR="+f.temp, "TMP="+f.temp, "TEMP="+f.temp,
	)
}
