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

	"multiprocessing/kernel/internal/cellbuild"
)

// compilation is what GoNB asks the go command to build: a main.go in a folder with a go.mod.
type compilation struct {
	folder  string
	binary  string   // the path of the output
	flags   []string // from %goflags
	source  []byte
	imports []string // in order, each once
	goMod   []byte
	goSum   []byte
	module  *modfile.File
}

// readCompilation reads the cell in folder, given the arguments of go build. If it returns an error, only the real go
// command can build the cell.
func readCompilation(folder string, args []string) (*compilation, error) {
	binary, flags, err := buildArgs(args)
	if err != nil {
		return nil, err
	}
	c := &compilation{folder: folder, binary: binary, flags: flags}
	if err := c.readModule(); err != nil {
		return nil, err
	}
	if err := checkEnvironment(); err != nil {
		return nil, err
	}
	if err := checkFolder(folder); err != nil {
		return nil, err
	}
	return c, c.readSource()
}

// buildArgs parses the arguments with which GoNB calls the go command: build -o BINARY FLAGS.
func buildArgs(args []string) (binary string, flags []string, err error) {
	if len(args) < 3 || args[0] != "build" || args[1] != "-o" || !filepath.IsAbs(args[2]) {
		return "", nil, fmt.Errorf("the arguments %q are not GoNB's", args)
	}
	if info, err := os.Stat(args[2]); err == nil && !info.Mode().IsRegular() {
		return "", nil, fmt.Errorf("%s is not a regular file", args[2])
	}
	return args[2], args[3:], checkFlags(args[3:])
}

// checkFlags returns an error if a flag may change more than the selection of files and the debug information.
func checkFlags(flags []string) error {
	debugging := strings.NewReplacer("-s", "", "-w", "", " ", "")
	for _, flag := range flags {
		name, value, _ := strings.Cut(strings.Replace(flag, "--", "-", 1), "=")
		quoted := strings.ContainsAny(flag, `'"\`)
		known := name == "-tags" && value != "" || name == "-buildvcs" || flag == cellbuild.WithoutDebugging || name == "-ldflags" && debugging.Replace(value) == ""
		if quoted || !known {
			return fmt.Errorf("unsupported flag %s", flag)
		}
	}
	return nil
}

func (c *compilation) readModule() (err error) {
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
		return errors.New("go.mod has no module directive")
	}
	for _, replace := range c.module.Replace {
		if replace.New.Version == "" && !filepath.IsAbs(replace.New.Path) {
			return fmt.Errorf("go.mod replaces %s by a relative folder", replace.Old.Path)
		}
	}
	return nil
}

// checkEnvironment returns an error if a setting changes how cells are built.
func checkEnvironment() error {
	for name, usual := range map[string][]string{
		"GOOS": {"", runtime.GOOS}, "GOARCH": {"", runtime.GOARCH}, "GO111MODULE": {"", "on"}, "GOWORK": {"", "off"},
		"GOTOOLCHAIN": {"local"}, "GOCACHEPROG": {""}, "GOFIPS140": {"", "off"}, "GOROOT": {"", cellbuild.Goroot()},
	} {
		if value := os.Getenv(name); !slices.Contains(usual, value) {
			return fmt.Errorf("unsupported setting %s=%s", name, value)
		}
	}
	flags, err := splitWords(os.Getenv("GOFLAGS"))
	if err != nil {
		return err
	}
	return checkFlags(flags)
}

// sourceSuffixes are the suffixes of files in a package's folder that are part of a build.
var sourceSuffixes = []string{
	".go", ".c", ".cc", ".cpp", ".cxx", ".m", ".h", ".hh", ".hpp", ".hxx", ".f", ".F", ".for", ".f90", ".s", ".S", ".sx",
	".swig", ".swigcxx", ".syso",
}

// checkFolder returns an error if a cell's folder contains more than a cell, or if it is in a workspace or under version
// control.
func checkFolder(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		name := entry.Name()
		source := name != "main.go" && slices.Contains(sourceSuffixes, filepath.Ext(name))
		if source || name == "vendor" || name == "default.pgo" {
			return fmt.Errorf("unsupported file %s beside main.go", name)
		}
	}
	for above := folder; ; above = filepath.Dir(above) {
		for _, name := range []string{"go.work", ".git", ".hg", ".svn", ".bzr", ".fslckout", "_FOSSIL_"} {
			if name == "go.work" && os.Getenv("GOWORK") == "off" {
				continue
			}
			if _, err := os.Lstat(filepath.Join(above, name)); err == nil {
				return fmt.Errorf("unsupported: %s exists", filepath.Join(above, name))
			}
		}
		if above == filepath.Dir(above) {
			return nil
		}
	}
}

// harmless are the directives that only the compiler reads.
var harmless = [][]byte{[]byte("noinline"), []byte("nosplit"), []byte("norace")}

func (c *compilation) readSource() (err error) {
	if c.source, err = os.ReadFile(filepath.Join(c.folder, "main.go")); err != nil {
		return err
	}
	for rest := c.source; ; {
		_, after, found := bytes.Cut(rest, []byte("//go:"))
		if !found {
			break
		}
		if !slices.ContainsFunc(harmless, func(word []byte) bool { return bytes.HasPrefix(after, word) }) {
			return errors.New("unsupported //go: directive")
		}
		rest = after
	}
	if bytes.Contains(c.source, []byte("+build")) {
		return errors.New("unsupported build constraint")
	}
	c.imports, err = importsOf("main.go", c.source)
	for _, path := range c.imports {
		if err == nil {
			err = c.checkImport(path)
		}
	}
	return err
}

// importsOf returns the import paths of a file of package main, sorted and without duplicates.
func importsOf(name string, source []byte) ([]string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	if file.Name.Name != "main" {
		return nil, fmt.Errorf("the package is %s, want main", file.Name.Name)
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

// checkImport returns an error if only the real go command can decide whether, or how, path may be imported.
func (c *compilation) checkImport(path string) error {
	own := c.module.Module.Mod.Path
	above := ""
	for element := range strings.SplitSeq(path, "/") {
		internal := element == "internal" && (above == "" || !strings.HasPrefix(own+"/", above))
		if internal || element == "vendor" || element == "" || strings.HasPrefix(element, ".") {
			return fmt.Errorf("it imports %s", path)
		}
		above += element + "/"
	}
	if path == "C" || path == own || strings.HasPrefix(path, own+"/") {
		return fmt.Errorf("it imports %s", path)
	}
	return nil
}
