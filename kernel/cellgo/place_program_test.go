package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/internal/cell"
)

const stub = "package main\n\nfunc main() {}\n"

// placed is a desk with GoNB's stub, and a program for it.
func placed(t *testing.T, program string) *desk {
	d := newDesk(t)
	d.settings[envvar.Program] = filepath.Join(filepath.Dir(d.cell), "program.go")
	d.next(program)
	return d
}

// next is the next cell.
func (d *desk) next(program string) {
	d.write(d.settings[envvar.Program], program)
	d.write(filepath.Join(d.cell, "main.go"), stub)
}

func (d *desk) has(name string) bool {
	_, err := os.Stat(filepath.Join(d.cell, name))
	return err == nil
}

func TestTheProgramOfTheFrontIsBuiltInPlaceOfTheStub(t *testing.T) {
	program := cell.Complete + "package main\n\nfunc main() {\n//line Cell [3]:2:1\nprintln(1)\n}\n"
	d := placed(t, program)
	d.wants(direct, "1\n")
	if d.has("main.go") || !d.has("cell.go") {
		t.Error("GoNB finds the program of a cell that was built")
	}
	d.next(program)
	d.wants(reusing, "1\n")
	d.next(strings.Replace(program, "println(1)", "println(x)", 1))
	for _, fast := range []string{"", "off"} {
		d.settings[envvar.Fast] = fast
		_, failure := d.try()
		if failure != "the cell was not built\nexit status 1" || !strings.Contains(d.reported().Output, "Cell [3]:2:9: undefined: x\n") {
			t.Errorf("GoNB is told %q, and the front %q", failure, d.reported().Output)
		}
	}
	if !d.has("main.go") || d.has("cell.go") {
		t.Error("GoNB finds no main.go after a cell that was not built, or two programs")
	}
}

func TestATestIsBuiltInPlaceOfTheStub(t *testing.T) {
	d := placed(t, cell.Complete+"package main\n\nimport \"testing\"\n\nfunc TestA(*testing.T) {}\nfunc main() {}\n")
	if err := os.Rename(filepath.Join(d.cell, "main.go"), filepath.Join(d.cell, "main_test.go")); err != nil {
		t.Fatal(err)
	}
	if out, err := d.goCommand("test", "-c", "-o", d.binary()).CombinedOutput(); err != nil || !d.has("cell_test.go") || d.has("main_test.go") {
		t.Errorf("%v: %s", err, out)
	}
}

func TestMissingImportsAreThoseOfGoimportsAndTheOthersKeepTheirPlaces(t *testing.T) {
	d := placed(t, cell.Incomplete+"package main\n\nimport (\n\t/*line Cell [2]:1:8*/l \"course/low\"\n\t\"os\"\n)\nfunc main() {\n\tprintln(alone.Word, l.Word)\n}\n")
	bin := t.TempDir()
	const script = "#!/bin/sh\necho 'package main\nimport (\n\"course/alone\"\nl \"course/low\"\n)'\n"
	if err := os.WriteFile(filepath.Join(bin, "goimports"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	d.settings["PATH"] = bin + string(filepath.ListSeparator) + os.Getenv("PATH")
	d.wants(direct, "alone low 1\n")
	content, err := os.ReadFile(filepath.Join(d.cell, "cell.go"))
	if err != nil || !strings.Contains(string(content), "import (\n\t\"course/alone\"\n\t/*line Cell [2]:1:8*/l \"course/low\"\n)\n") {
		t.Errorf("%v: %s", err, content)
	}
}

func TestAReadersOwnBuildIsOfWhatIsThere(t *testing.T) {
	d := placed(t, cell.Complete+"package main\n\nfunc main() { println(1) }\n")
	if out, err := d.goCommand("vet").CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	if content, err := os.ReadFile(filepath.Join(d.cell, "main.go")); err != nil || string(content) != stub {
		t.Errorf("main.go became %q, %v", content, err)
	}
}
