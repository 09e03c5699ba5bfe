package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// format changes when what is kept changes its form or meaning.
const format = "1"

// key names everything that a build depends on beside the cell's own source and the packages' sources: the versions
// that go.mod and go.sum pin, flags, environment, the toolchain, and this program. Packages that were compiled under
// one key say nothing about another.
func (c *cell) key() (string, error) {
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

// goModWithoutName is go.mod without the module's name, which is another in each kernel.
func (c *cell) goModWithoutName() string {
	syntax := c.module.Module.Syntax
	return string(c.goMod[:syntax.Start.Byte]) + string(c.goMod[syntax.End.Byte:])
}

// indifferent are settings that change where modules come from, where what is compiled goes to, or how programs run, not
// what is built.
var indifferent = []string{
	"GOCACHE", // each compiled package is known by its path, and looked for before it is used
	"GOPROXY", "GONOPROXY", "GOSUMDB", "GONOSUMDB", "GOPRIVATE", "GOINSECURE", "GOVCS", "GOAUTH", "GOBIN", "GOTMPDIR",
	"GOMAXPROCS", "GOGC", "GOMEMLIMIT", "GOTRACEBACK", "GORACE", "GOCOVERDIR", "GOTELEMETRY", "GOTELEMETRYDIR",
}

// environment is all of the environment that may have a say in a build: its variables, the go command's settings in
// files, and which C compiler there is, by which Go decides whether to use C.
func environment() []string {
	var settings []string
	for _, setting := range os.Environ() {
		name, _, _ := strings.Cut(setting, "=")
		relevant := strings.HasPrefix(name, "GO") && !strings.HasPrefix(name, "GONB") || strings.HasPrefix(name, "CGO_") ||
			slices.Contains([]string{"CC", "CXX", "FC", "AR", "PKG_CONFIG"}, name)
		if relevant && !slices.Contains(indifferent, name) {
			settings = append(settings, setting)
		}
	}
	slices.Sort(settings)
	compiler := os.Getenv("CC")
	if compiler == "" {
		compiler = map[bool]string{true: "clang"}[runtime.GOOS == "darwin" || runtime.GOOS == "freebsd"]
	}
	if compiler == "" {
		compiler = "gcc"
	}
	path, _ := exec.LookPath(strings.Fields(compiler + " x")[0])
	return append(settings, path, contentOf(goEnvFile()), contentOf(filepath.Join(goroot(), "go.env")))
}

// goEnvFile is where "go env -w" keeps the user's settings.
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

// contentOf is the content of a file that need not be there.
func contentOf(path string) string {
	content, err := os.ReadFile(path)
	if err != nil {
		return "none"
	}
	return "is " + string(content)
}

// toolchain says which compiler and linker there are, and which program this is. Their files are tens of megabytes:
// size and time stand for what is in them; whole seconds, because images of containers keep no more.
func toolchain() ([]string, error) {
	root := goroot()
	tools := filepath.Join(root, "pkg", "tool", runtime.GOOS+"_"+runtime.GOARCH)
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	parts := []string{contentOf(filepath.Join(root, "VERSION"))}
	for _, file := range []string{os.Getenv(envGo), filepath.Join(tools, "compile"), filepath.Join(tools, "link"), self} {
		info, err := os.Stat(file)
		if err != nil {
			return nil, err
		}
		parts = append(parts, fmt.Sprint(file, info.Size(), info.ModTime().Unix()))
	}
	return parts, nil
}
