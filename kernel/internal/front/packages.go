package front

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// knownPackages returns the packages of the standard library and of the course by their names: those that goimports
// would import for a cell. Of several with a name the one with the shortest path is taken, and of those the last:
// math/rand, not crypto/rand, and text/template, not html/template, as goimports does.
func knownPackages(goroot, module string) map[string]string {
	found := map[string]string{}
	addPackages(found, filepath.Join(goroot, "src"), "")
	if module != "" {
		addPackages(found, filepath.Join(module, "lib"), "multiprocessing/lib/")
	}
	return found
}

func addPackages(found map[string]string, root, prefix string) {
	_ = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil // what cannot be read is not completed
		}
		if !entry.IsDir() {
			return nil
		}
		name := entry.Name()
		switch {
		case path == root:
			return nil
		case name == "internal" || name == "vendor" || name == "testdata" || prefix == "" && name == "cmd" || strings.HasPrefix(name, "_") || strings.HasPrefix(name, "."):
			return fs.SkipDir
		}
		relative, err := filepath.Rel(root, path)
		if err != nil || !hasGo(path) {
			return nil
		}
		full := prefix + filepath.ToSlash(relative)
		if base := versionless(full); prefix != "" || found[base] == "" || len(full) <= len(found[base]) {
			found[base] = full
		}
		return nil
	})
}

// versionless is a path's last element, or the one before a version: rand of math/rand/v2.
func versionless(path string) string {
	elements := strings.Split(path, "/")
	last := elements[len(elements)-1]
	if n := len(elements); n > 1 && len(last) > 1 && last[0] == 'v' && strings.Trim(last[1:], "0123456789") == "" {
		return elements[n-2]
	}
	return last
}

func hasGo(folder string) bool {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return false
	}
	for _, entry := range entries {
		if name := entry.Name(); strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			return true
		}
	}
	return false
}
