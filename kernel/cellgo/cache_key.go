package main

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/internal/cellbuild"
)

// format is the version of the cache's entries. Change it when their form or meaning changes.
const format = "1"

// key returns a hash of everything that a build depends on except the cell's and the packages' sources: the versions
// that go.mod and go.sum pin, flags, environment, the toolchain, and this program. Packages compiled under one key are
// not used under another.
func (c *compilation) key() (string, error) {
	parts := []string{format, string(c.goSum), c.goModWithoutName()}
	folders := []string{}
	for _, replace := range c.module.Replace {
		if replace.New.Version == "" {
			folders = append(folders, replace.New.Path)
		}
	}
	slices.Sort(folders)
	for _, folder := range folders {
		content, err := os.ReadFile(filepath.Join(folder, "go.mod"))
		if err != nil {
			return "", err
		}
		parts = append(parts, folder, string(content))
	}
	parts = append(append(parts, "flags"), c.flags...)
	parts = append(append(parts, "environment"), environment()...)
	toolchain, err := toolchain()
	return keyOf(append(append(parts, "toolchain"), toolchain...)...), err
}

// goModWithoutName returns go.mod without the module's name, which differs in each kernel.
func (c *compilation) goModWithoutName() string {
	syntax := c.module.Module.Syntax
	return string(c.goMod[:syntax.Start.Byte]) + string(c.goMod[syntax.End.Byte:])
}

// irrelevant are settings that do not change what is built, only where modules come from, where compiled packages are
// stored, or how programs run.
var irrelevant = []string{
	"GOCACHE", // the cache has the full path of each compiled package, and checks the file before use
	"GOPROXY", "GONOPROXY", "GOSUMDB", "GONOSUMDB", "GOPRIVATE", "GOINSECURE", "GOVCS", "GOAUTH", "GOBIN", "GOTMPDIR",
	"GOMAXPROCS", "GOGC", "GOMEMLIMIT", "GOTRACEBACK", "GORACE", "GOCOVERDIR", "GOTELEMETRY", "GOTELEMETRYDIR",
}

// environment returns everything in the environment that may affect a build: variables, the go command's settings in
// files, and the path of the C compiler, because Go uses C only if there is one.
func environment() []string {
	var settings []string
	for _, setting := range os.Environ() {
		name, _, _ := strings.Cut(setting, "=")
		relevant := strings.HasPrefix(name, "GO") && !strings.HasPrefix(name, "GONB") || strings.HasPrefix(name, "CGO_") ||
			slices.Contains([]string{"CC", "CXX", "FC", "AR", "PKG_CONFIG"}, name)
		if relevant && !slices.Contains(irrelevant, name) {
			settings = append(settings, setting)
		}
	}
	slices.Sort(settings)
	compiler := cmp.Or(os.Getenv("CC"), map[string]string{"darwin": "clang", "freebsd": "clang"}[runtime.GOOS], "gcc")
	path, _ := exec.LookPath(strings.Fields(compiler + " x")[0])
	return append(settings, path, contentOf(goEnvFile()), contentOf(filepath.Join(cellbuild.Goroot(), "go.env")))
}

// goEnvFile returns the file in which "go env -w" stores the user's settings.
func goEnvFile() string {
	if file := os.Getenv("GOENV"); file != "" {
		return file
	}
	folder, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(folder, "go", "env")
}

// contentOf returns the content of a file, with a prefix that distinguishes an empty file from a missing one.
func contentOf(path string) string {
	content, err := os.ReadFile(path)
	if err != nil {
		return "none"
	}
	return "is " + string(content)
}

// toolchain identifies the compiler, the linker and this program by the size and time of their files, which are too large
// to hash. Times are in seconds, because container images store no fractions.
func toolchain() ([]string, error) {
	root := cellbuild.Goroot()
	tools := filepath.Join(root, "pkg", "tool", runtime.GOOS+"_"+runtime.GOARCH)
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	parts := []string{contentOf(filepath.Join(root, "VERSION"))}
	for _, file := range []string{os.Getenv(envvar.Go), filepath.Join(tools, "compile"), filepath.Join(tools, "link"), self} {
		info, err := os.Stat(file)
		if err != nil {
			return nil, err
		}
		parts = append(parts, fmt.Sprint(file, info.Size(), info.ModTime().Unix()))
	}
	return parts, nil
}
