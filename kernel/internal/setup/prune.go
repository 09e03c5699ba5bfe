package setup

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/internal/inuse"
	"multiprocessing/kernel/internal/usercache"
)

// markedFolder returns the folder of a part that its users mark: for tools it is the front's folder. It is "" for a part
// that is not marked. A user's folder for a shared kernel is one, too.
func markedFolder(part string) string {
	if usercache.Kept(filepath.Base(part)) {
		return part
	}
	switch kind, _, _ := strings.Cut(filepath.Base(part), "-"); kind {
	case "tools":
		return filepath.Join(part, "bin")
	case "python":
		return part
	}
	return ""
}

// prune removes tools and Python environments that are not running and that no kernelspec of an installed kernel or of
// an existing checkout names, and former caches. It keeps prepared parts. A folder that cannot be removed now is
// removed another time.
func (e *Environment) prune(out io.Writer) {
	if e.prepared() {
		return
	}
	for _, former := range []string{"binaries", "plans"} { // of the go command of cells before this version
		_ = os.RemoveAll(filepath.Join(e.cells(), former))
	}
	specs := e.specs()
	entries, _ := os.ReadDir(e.Parts)
	for _, entry := range entries {
		folder := filepath.Join(e.Parts, entry.Name())
		if markedFolder(folder) == "" || usercache.Kept(entry.Name()) || folder == e.tools.folder || folder == e.venv.folder || slices.ContainsFunc(specs, func(spec string) bool {
			return strings.Contains(spec, "/"+entry.Name()+"/")
		}) {
			continue
		}
		release, err := inuse.Claim(markedFolder(folder))
		if err == nil && inuse.Remove(folder, release) == nil {
			fmt.Fprintf(out, "  Removed %s, which nothing uses any more.\n", folder)
		}
	}
}

// specs returns the texts of all kernelspecs that could start a kernel: the installed ones and those of checkouts.
func (e *Environment) specs() (specs []string) {
	installed, _ := e.Installed()
	files, _ := fs.Glob(os.DirFS(e.Parts), "checkout-*/data/kernels/*/kernel.json")
	for _, file := range files {
		installed = append(installed, filepath.Join(e.Parts, filepath.Dir(filepath.FromSlash(file))))
	}
	for _, folder := range installed {
		spec, err := readSpec(folder)
		if err != nil || !spec.ours() || gone(spec.Metadata[courseOf], "go.mod") {
			continue
		}
		specs = append(specs, strings.Join(append(spec.Argv, spec.Env[envvar.Python]), "\n"))
	}
	return specs
}
