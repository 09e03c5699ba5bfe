package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"
)

// cell is what GoNB has built: a main.go in a folder with a go.mod.
type cell struct {
	folder  string
	binary  string   // where it goes
	flags   []string // from %goflags
	source  []byte
	imports []string // in order, each once
	goMod   []byte
	goSum   []byte
	module  *modfile.File
}

// readCell reads the cell in folder that the arguments of go build are about. An error says why only the real go
// command can build it.
func readCell(folder string, args []string) (*cell, error) {
	binary, flags, err := buildArgs(args)
	if err != nil {
		return nil, err
	}
	c := &cell{folder: folder, binary: binary, flags: flags}
	if err := c.readModule(); err != nil {
		return nil, err
	}
	if err := usualEnvironment(); err != nil {
		return nil, err
	}
	if err := usualFolder(folder); err != nil {
		return nil, err
	}
	return c, c.readSource()
}

// buildArgs takes apart what GoNB calls go build with: build -o BINARY FLAGS.
func buildArgs(args []string) (binary string, flags []string, err error) {
	if len(args) < 3 || args[0] != "build" || args[1] != "-o" || !filepath.IsAbs(args[2]) {
		return "", nil, errors.New("these are not GoNB's arguments")
	}
	if info, err := os.Stat(args[2]); err == nil && !info.Mode().IsRegular() {
		return "", nil, fmt.Errorf("%s is no file", args[2])
	}
	return args[2], args[3:], knownFlags(args[3:])
}

// withoutDebugging is the flag with which set-up has packages compiled.
const withoutDebugging = "-gcflags=all=-dwarf=false"

// knownFlags is an error when one of the flags may change more than which files are compiled and what debug information
// there is.
func knownFlags(flags []string) error {
	debugging := strings.NewReplacer("-s", "", "-w", "", " ", "")
	for _, flag := range flags {
		name, value, _ := strings.Cut(strings.Replace(flag, "--", "-", 1), "=")
		quoted := strings.ContainsAny(flag, `'"\`)
		known := name == "-tags" && value != "" || name == "-buildvcs" || flag == withoutDebugging || name == "-ldflags" && debugging.Replace(value) == ""
		if quoted || !known {
			return fmt.Errorf("the flag %s", flag)
		}
	}
	return nil
}

func (c *cell) readModule() (err error) {
	if c.goMod, err = os.ReadFile(filepath.Join(c.folder, "go.mod")); err != nil {
		return err
	}
	if c.goSum, err = os.ReadFile(filepath.Join(c.folder, "go.sum")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if c.module, err = modfile.Parse("go.mod", c.goMod, nil); err != nil {
		return err
	}
	if c.module.Module == nil {
		return errors.New("go.mod names no module")
	}
	for _, replace := range c.module.Replace {
		if replace.New.Version == "" && !filepath.IsAbs(replace.New.Path) {
			return fmt.Errorf("go.mod replaces %s by a relative folder", replace.Old.Path)
		}
	}
	return nil
}

// usualEnvironment is an error when a setting leads to a build of another kind.
func usualEnvironment() error {
	for name, usual := range map[string][]string{
		"GOOS": {"", runtime.GOOS}, "GOARCH": {"", runtime.GOARCH}, "GO111MODULE": {"", "on"}, "GOWORK": {"", "off"},
		"GOTOOLCHAIN": {"local"}, "GOCACHEPROG": {""}, "GOFIPS140": {"", "off"}, "GOROOT": {"", goroot()},
	} {
		if value := os.Getenv(name); !slices.Contains(usual, value) {
			return fmt.Errorf("%s=%s", name, value)
		}
	}
	flags, err := splitWords(os.Getenv("GOFLAGS"))
	if err != nil {
		return err
	}
	return knownFlags(flags)
}

// goroot is the folder of the real go command's distribution: set-up names the command in it.
func goroot() string { return filepath.Dir(filepath.Dir(os.Getenv(envGo))) }

// sourceSuffixes are those of files that take part in a build when they lie in a package's folder.
var sourceSuffixes = []string{
	".go", ".c", ".cc", ".cpp", ".cxx", ".m", ".h", ".hh", ".hpp", ".hxx", ".f", ".F", ".for", ".f90", ".s", ".S", ".sx",
	".swig", ".swigcxx", ".syso",
}

// usualFolder is an error when a cell's folder holds more than a cell, or lies where a workspace or a version control
// system has a say.
func usualFolder(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		name := entry.Name()
		source := name != "main.go" && slices.Contains(sourceSuffixes, filepath.Ext(name))
		if source || name == "vendor" || name == "default.pgo" {
			return fmt.Errorf("there is %s beside main.go", name)
		}
	}
	for above := folder; ; above = filepath.Dir(above) {
		for _, name := range []string{"go.work", ".git", ".hg", ".svn", ".bzr", ".fslckout", "_FOSSIL_"} {
			if name == "go.work" && os.Getenv("GOWORK") == "off" {
				continue
			}
			if _, err := os.Lstat(filepath.Join(above, name)); err == nil {
				return fmt.Errorf("there is %s", filepath.Join(above, name))
			}
		}
		if above == filepath.Dir(above) {
			return nil
		}
	}
}

// harmless are the directives that the compiler alone reads.
var harmless = [][]byte{[]byte("noinline"), []byte("nosplit"), []byte("norace")}

func (c *cell) readSource() (err error) {
	if c.source, err = os.ReadFile(filepath.Join(c.folder, "main.go")); err != nil {
		return err
	}
	for rest := c.source; ; {
		_, after, found := bytes.Cut(rest, []byte("//go:"))
		if !found {
			break
		}
		if !slices.ContainsFunc(harmless, func(word []byte) bool { return bytes.HasPrefix(after, word) }) {
			return errors.New("there is a //go: directive")
		}
		rest = after
	}
	if bytes.Contains(c.source, []byte("+build")) {
		return errors.New("there is a build constraint")
	}
	c.imports, err = importsOf("main.go", c.source)
	for _, path := range c.imports {
		if err == nil {
			err = c.usualImport(path)
		}
	}
	return err
}

// importsOf returns what a file of package main imports, in order and each path once.
func importsOf(name string, source []byte) ([]string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	if file.Name.Name != "main" {
		return nil, fmt.Errorf("it is package %s", file.Name.Name)
	}
	var paths []string
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return slices.Compact(paths), nil
}

// usualImport is an error when the real go command has to say whether path may be imported, or how.
func (c *cell) usualImport(path string) error {
	own := c.module.Module.Mod.Path
	for element := range strings.SplitSeq(path, "/") {
		if element == "internal" || element == "vendor" || element == "" || strings.HasPrefix(element, ".") {
			return fmt.Errorf("it imports %s", path)
		}
	}
	if path == "C" || path == own || strings.HasPrefix(path, own+"/") {
		return fmt.Errorf("it imports %s", path)
	}
	return nil
}
