// Package jupyter runs Jupyter's own programs, JupyterLab and papermill, in the course's Python environment: with the
// course's kernel, with settings of their own, and apart from any Jupyter that the user has.
package jupyter

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"multiprocessing/kernel/internal/setup"
)

// folders are the places where Jupyter keeps things. It would otherwise use the user's own.
type folders struct {
	kernels string // the folder of their kernelspecs' folder; from the set-up
	home    string // settings, workspaces and signatures
	temp    string // connection files, and the kernels' temporary files; removed at the end
	lock    *flock.Flock
}

// newFolders makes what is missing of them; kernels is the folder with the kernel.
func newFolders(env *setup.Environment, kernels string) (folders, error) {
	f := folders{kernels: kernels, home: env.Scratch()}
	if err := os.MkdirAll(f.home, 0o700); err != nil {
		return f, fmt.Errorf("making Jupyter's folders: %w", err)
	}
	removeAbandoned()
	temp, err := os.MkdirTemp("", tempPrefix+"*")
	if err != nil {
		return f, fmt.Errorf("making a temporary folder: %w; free some room, or name another in TMPDIR", err)
	}
	f.temp = temp
	f.lock = flock.New(filepath.Join(temp, lockName), flock.SetPermissions(0o600))
	if _, err := f.lock.TryLock(); err != nil {
		return f, fmt.Errorf("locking the temporary folder: %w", err)
	}
	return f, nil
}

const (
	tempPrefix = "multiprocessing-jupyter-"
	lockName   = "in-use.lock"
)

// removeAbandoned removes the temporary folders of runs that were killed: nobody holds their lock any more.
func removeAbandoned() {
	locks, _ := filepath.Glob(filepath.Join(os.TempDir(), tempPrefix+"*", lockName))
	for _, path := range locks {
		lock := flock.New(path)
		if locked, err := lock.TryLock(); err == nil && locked {
			_ = os.RemoveAll(filepath.Dir(path))
			_ = lock.Unlock()
		}
	}
}

func (f folders) data() string       { return filepath.Join(f.home, "data") }
func (f folders) config() string     { return filepath.Join(f.home, "config") }
func (f folders) workspaces() string { return filepath.Join(f.home, "workspaces") }
func (f folders) runtime() string    { return filepath.Join(f.temp, "runtime") }

func (f folders) remove() {
	_ = os.RemoveAll(f.temp)
	_ = f.lock.Unlock()
}

// environment returns the user's environment with Jupyter led to the folders. GoNB keeps its code in TMPDIR and
// leaves it there when it is killed.
func (f folders) environment() []string {
	return append(setup.WithoutPythonSettings(os.Environ()),
		"JUPYTER_DATA_DIR="+f.data(),
		"JUPYTER_PATH="+f.kernels,
		"JUPYTER_CONFIG_DIR="+f.config(),
		"JUPYTER_RUNTIME_DIR="+f.runtime(),
		"JUPYTERLAB_SETTINGS_DIR="+filepath.Join(f.home, "settings"),
		"JUPYTERLAB_WORKSPACES_DIR="+f.workspaces(),
		"IPYTHONDIR="+filepath.Join(f.home, "ipython"),
		"JUPYTER_CONFIG_PATH=", "JUPYTER_PREFER_ENV_PATH=1",
		"TMPDIR="+f.temp, "TMP="+f.temp, "TEMP="+f.temp,
	)
}
