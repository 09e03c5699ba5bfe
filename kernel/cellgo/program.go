package main

import (
	"bytes"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"

	gocell "multiprocessing/kernel/internal/cell"
)

// envProgram names the file with the program that the front has composed of a cell. GoNB has only a stub, in the folder
// that it builds.
const envProgram = "MULTIPROCESSING_PROGRAM"

// stubs are the names that GoNB gives a program and a test, and those under which what was built is kept. GoNB looks into
// the first for each line that a running program prints to standard error, and dies of some; there it finds nothing.
var stubs = map[string]string{"main.go": "cell.go", "main_test.go": "cell_test.go"}

// placeProgram puts the front's program in place of GoNB's stub, with all its imports.
func placeProgram() error {
	path := os.Getenv(envProgram)
	if path == "" {
		return nil
	}
	for stub, built := range stubs {
		content, err := os.ReadFile(stub)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil || isProgram(content) {
			return err
		}
		for _, old := range stubs {
			_ = os.Remove(old)
		}
		program, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := os.WriteFile(built, program, 0o600); err != nil {
			return err
		}
		complete := program
		if bytes.HasPrefix(program, []byte(gocell.Incomplete)) {
			complete = withImports(built, program)
		}
		if err := os.WriteFile(built, withGonbui(complete), 0o600); err != nil {
			return err
		}
		return os.Rename(built, stub) // GoNB finds the one or the other, whatever happens
	}
	return nil
}

// withGonbui has a program that shows something with GoNB's gonbui show it in order: see lib/display/fromgonbui.
func withGonbui(program []byte) []byte {
	const clause, gonbui, ours = "package main\n", "github.com/janpfeifer/gonb/gonbui", "import _ \"multiprocessing/lib/display/fromgonbui\"\n"
	imports, err := importsOf("", program)
	if err != nil || !slices.ContainsFunc(imports, func(path string) bool { return path == gonbui || strings.HasPrefix(path, gonbui+"/") }) {
		return program
	}
	return bytes.Replace(program, []byte(clause), []byte(clause+ours), 1)
}

func isProgram(content []byte) bool {
	return bytes.HasPrefix(content, []byte(gocell.Complete)) || bytes.HasPrefix(content, []byte(gocell.Incomplete))
}

// keepProgram renames what was built.
func keepProgram() {
	if os.Getenv(envProgram) == "" {
		return
	}
	for stub, built := range stubs {
		if content, err := os.ReadFile(stub); err == nil && isProgram(content) {
			_ = os.Rename(stub, built)
		}
	}
}

// withImports returns the program in a file with the imports that goimports finds it to need. A program that goimports
// cannot read is returned as it is: the compiler says why.
func withImports(path string, program []byte) []byte {
	fixed, err := exec.Command("goimports", path).Output()
	if err != nil {
		return program
	}
	files := token.NewFileSet()
	before, err := parser.ParseFile(files, "", program, parser.ImportsOnly)
	if err != nil {
		return program
	}
	after, err := parser.ParseFile(files, "", fixed, parser.ImportsOnly)
	if err != nil {
		return program
	}
	offset := func(p token.Pos) int { return files.File(p).Offset(p) }
	begin, end := offset(before.Name.End()), offset(before.Name.End())
	for _, d := range before.Decls {
		end = offset(d.End())
	}
	var block strings.Builder
	for _, spec := range after.Imports {
		block.WriteString("\t" + importText(spec, before.Imports, func(s *ast.ImportSpec) string {
			line, _, _ := bytes.Cut(program[bytes.LastIndexByte(program[:offset(s.Pos())], '\n')+1:], []byte("\n"))
			return string(bytes.TrimSpace(line))
		}) + "\n")
	}
	return []byte(string(program[:begin]) + "\n\nimport (\n" + block.String() + ")\n" + string(program[end:]))
}

// importText is the import as it stood before, if it did, with what says where it comes from.
func importText(spec *ast.ImportSpec, before []*ast.ImportSpec, text func(*ast.ImportSpec) string) string {
	path, _ := strconv.Unquote(spec.Path.Value)
	for _, old := range before {
		same := old.Name == nil || spec.Name != nil && old.Name.Name == spec.Name.Name
		if oldPath, _ := strconv.Unquote(old.Path.Value); same && oldPath == path {
			return text(old)
		}
	}
	if spec.Name != nil {
		return spec.Name.Name + " " + spec.Path.Value
	}
	return spec.Path.Value
}
