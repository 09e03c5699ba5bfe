package main

import (
	"cmp"
	"maps"
	"net/url"
	"os"
	"path/filepath"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"multiprocessing/internal/envvar"
)

// useOwnModules has this command use the user's own module cache if the kernel was installed for every user and the
// command needs a module that the course does not. The kernel's module cache, which is read-only, is then the first proxy:
// what it has comes without the network.
func useOwnModules(args []string) {
	shared := os.Getenv(envvar.Shared)
	modules := filepath.Join(shared, "modules")
	if shared == "" || os.Getenv("GOMODCACHE") != modules || !mayDownload(args) && !needsMore("go.mod", filepath.Join(os.Getenv(envvar.Module), "go.mod")) {
		return
	}
	download := url.URL{Scheme: "file", Path: filepath.Join(modules, "cache", "download")}
	os.Setenv("GOPROXY", download.String()+","+cmp.Or(os.Getenv("GOPROXY"), "https://proxy.golang.org,direct"))
	os.Unsetenv("GOMODCACHE")
}

// mayDownload reports whether a user asks for modules with this command. GoNB's own "go get" names none.
func mayDownload(args []string) bool {
	switch verb(args) {
	case "mod":
		return len(args) < 3 || args[1] != "init"
	case "get", "install", "run":
		return len(args) > 2 || len(args) == 2 && args[1] != "-t"
	}
	return false
}

// needsMore reports whether the first go.mod requires a module that the second does not.
func needsMore(cell, course string) bool {
	known := requirements(course)
	for required := range requirements(cell) {
		if !known[required] {
			return true
		}
	}
	return false
}

// requirements returns the modules that a go.mod requires and does not replace with folders. A file that cannot be read
// requires none.
func requirements(path string) map[module.Version]bool {
	content, _ := os.ReadFile(path)
	file, err := modfile.Parse(path, content, nil)
	if err != nil {
		return nil
	}
	required := map[module.Version]bool{}
	for _, r := range file.Require {
		required[r.Mod] = true
	}
	for _, replace := range file.Replace {
		if replace.New.Version == "" {
			maps.DeleteFunc(required, func(at module.Version, _ bool) bool { return at.Path == replace.Old.Path })
		}
	}
	return required
}
