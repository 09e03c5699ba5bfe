package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"multiprocessing/internal/envvar"
)

func TestModulesBeyondTheCoursesComeFromTheUsersOwnCache(t *testing.T) {
	const course = "module multiprocessing\n\nrequire example.com/a v1.0.0\n"
	const cell = "module gonb_1\n\nrequire example.com/a v1.0.0\nrequire multiprocessing v0.0.0-1\nreplace multiprocessing => /course\n"
	for _, test := range []struct {
		args, goMod string
		own         bool
	}{
		{"build -o x", cell, false},
		{"get", cell, false},
		{"get -t", cell, false},
		{"list -m all", cell, false},
		{"env", "", false},
		{"get example.com/b", cell, true},
		{"mod download", cell, true},
		{"install example.com/b@latest", cell, true},
		{"build -o x", cell + "require example.com/b v1.0.0\n", true},
		{"build -o x", strings.ReplaceAll(cell, "v1.0.0", "v1.0.1"), true},
		{"build -o x", "not a go.mod", false},
	} {
		shared, folder := t.TempDir(), t.TempDir()
		modules := filepath.Join(shared, "modules")
		for path, content := range map[string]string{filepath.Join(shared, "go.mod"): course, filepath.Join(folder, "go.mod"): test.goMod} {
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		t.Chdir(folder)
		for name, value := range map[string]string{envvar.Shared: shared, envvar.Module: shared, "GOMODCACHE": modules, "GOPROXY": "off"} {
			t.Setenv(name, value)
		}
		useOwnModules(strings.Fields(test.args))
		if own := os.Getenv("GOMODCACHE") == "" && os.Getenv("GOPROXY") == "file://"+modules+"/cache/download,off"; own != test.own {
			t.Errorf("go %s: the user's own cache is used: %v, want %v; GOMODCACHE %q, GOPROXY %q\n%s", test.args, own, test.own, os.Getenv("GOMODCACHE"), os.Getenv("GOPROXY"), test.goMod)
		}
	}
}
