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

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/internal/cell"
	"multiprocessing/kernel/internal/gonb"
	"multiprocessing/kernel/internal/project"
)

// placeProgram replaces GoNB's stub with the front's program, with all its imports.
func placeProgram() error {
	path := os.Getenv(envvar.Program)
	if path == "" {
		return nil
	}
	for stub, built := range gonb.Sources {
		content, err := os.ReadFile(stub)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil || isProgram(content) {
			return err
		}
		for _, old := range gonb.Sources {
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
		if bytes.HasPrefix(program, []byte(cell.Incomplete)) {
			complete = withImports(built, program)
		}
		if err := os.WriteFile(built, withGonbui(complete), 0o600); err != nil {
			return err
		}
		return os.Rename(built, stub) // atomic: GoNB always finds a complete file
	}
	return nil
}

const fromGonbui = project.Course + "/lib/display/fromgonbui"

// withGonbui adds an import to a program that uses GoNB's gonbui, so that its displays appear in order: see
// lib/display/fromgonbui.
func withGonbui(program []byte) []byte {
	const clause, ours = "package main\n", "import _ \"" + fromGonbui + "\"\n"
	imports, err := importsOf("", program)
	if err != nil || !slices.ContainsFunc(imports, func(path string) bool { return path == gonb.Gonbui || strings.HasPrefix(path, gonb.Gonbui+"/") }) {
		return program
	}
	if c := (&compilation{folder: "."}); c.readModule() == nil && c.provided(fromGonbui) != nil {
		return program // the notebook's module requires another module named as the course's
	}
	return bytes.Replace(program, []byte(clause), []byte(clause+ours), 1)
}

func isProgram(content []byte) bool {
	return bytes.HasPrefix(content, []byte(cell.Complete)) || bytes.HasPrefix(content, []byte(cell.Incomplete))
}

// wantsRace reports whether the program of the cell must be built with the race detector.
func wantsRace() bool {
	content, err := os.ReadFile("main.go")
	return err == nil && isProgram(content) && bytes.HasSuffix(content, []byte(cell.Race))
}

// keepProgram renames the built source: see gonb.Sources.
func keepProgram() {
	if os.Getenv(envvar.Program) == "" {
		return
	}
	for stub, built := range gonb.Sources {
		if content, err := os.ReadFile(stub); err == nil && isProgram(content) {
			_ = os.Rename(stub, built)
		}
	}
}

// withImports returns the program in a file with the imports that goimports adds. If goimports cannot parse the program,
// withImports returns it unchanged: the compiler reports the error.
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

// importText returns the source of an import: the original line with its comments, if the program had the import before.
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
