package front

import (
	"os"
	"path/filepath"

	"multiprocessing/internal/envvar"
)

// notebookFolder returns the folder of the notebook: that of the path that Jupyter passes, if it exists, else the working
// folder, in which editors and consoles start a kernel.
func notebookFolder() string {
	if path := os.Getenv(envvar.Session); filepath.IsAbs(path) {
		if info, err := os.Stat(filepath.Dir(path)); err == nil && info.IsDir() {
			return filepath.Dir(path)
		}
	}
	folder, _ := os.Getwd() // if it is gone, cells belong to the course
	return folder
}
