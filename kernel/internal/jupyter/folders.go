// Package jupyter runs Jupyter's own programs, JupyterLab and papermill, in the course's Python environment: with the
// course's kernel, with settings of their own, and apart from any Jupyter that the user has.
package jupyter

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"multiprocessing/kernel/internal/inuse"
	"multiprocessing/kernel/internal/setup"
)

// folders are the places where Jupyter keeps things. It would otherwise use the user's own.
type folders struct {
	kernels string // the folder of their kernelspecs' folder; from the set-up
	home    string // settings, workspaces and signatures
	temp    string // connection files, and the kernels' temporary files; removed at the end
	release func() // of temp's mark
}

// newFolders makes what is missing of them; kernels is the folder with the kernel.
func newFolders(env *setup.Environment, kernels string) (folders, error) {
	f := folders{kernels: kernels, home: env.Scratch()}
	if err := os.MkdirAll(f.home, 0o700); err != nil {
		return f, fmt.Errorf("making Jupyter's folders: %w", err)
	}
	var err error
	f.temp, f.release, err = tempFolder()
	return f, err
}

// TempFolder makes a folder below the system's temporary folder; remove removes it. If the process is killed, a later
// call in another process removes it.
func TempFolder() (folder string, remove func(), err error) {
	folder, release, err := tempFolder()
	return folder, func() {
		_ = os.RemoveAll(folder)
		release()
	}, err
}

// tempFolder makes a folder and marks it as in use until release is called.
func tempFolder() (folder string, release func(), err error) {
	removeAbandoned()
	if folder, err = os.MkdirTemp("", tempPrefix+"*"); err != nil {
		return "", nil, fmt.Errorf("making a temporary folder: %w; free some room, or name another in TMPDIR", err)
	}
	if release, err = inuse.Mark(folder); err != nil {
		return "", nil, errors.Join(fmt.Errorf("marking the temporary folder: %w", err), os.RemoveAll(folder))
	}
	return folder, release, nil
}

const tempPrefix = "multiprocessing-jupyter-"

// removeAbandoned removes the temporary folders of runs that were killed: no process holds their lock any more. Other
// users may have put folders and links of that name there, which are left alone.
func removeAbandoned() {
	folders, _ := fs.Glob(os.DirFS(os.TempDir()), tempPrefix+"*")
	for _, name := range folders {
		folder := filepath.Join(os.TempDir(), name)
		if _, err := os.Lstat(filepath.Join(folder, inuse.Name)); err != nil || !inuse.Private(folder) {
			continue // it is not ours, or was made just now
		}
		if release, err := inuse.Claim(folder); err == nil {
			_ = inuse.Remove(folder, release)
		}
	}
}

func (f folders) data() string       { return filepath.Join(f.home, "data") }
func (f folders) config() string     { return filepath.Join(f.home, "config") }
func (f folders) workspaces() string { return filepath.Join(f.home, "workspaces") }
func (f folders) runtime() string    { return filepath.Join(f.temp, "runtime") }

func (f folders) remove() {
	_ = os.RemoveAll(f.temp)
	f.release()
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
		"TMPDIR="+f.temp,
	)
}
