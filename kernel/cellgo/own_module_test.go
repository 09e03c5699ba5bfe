package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"multiprocessing/internal/envvar"
)

// inModule makes a notebook's folder in a module of its own, with a package that only programs in that folder may import.
func (d *desk) inModule() (module string) {
	d.Helper()
	module = filepath.Join(filepath.Dir(d.cell), "own")
	for name, content := range map[string]string{
		"go.mod": "module example.com/own\n\ngo 1.22\n", "nb/internal/low/low.go": "package low\n\nconst Word = \"own\"\n",
	} {
		d.write(filepath.Join(module, name), content)
	}
	d.settings[envvar.Folder] = filepath.Join(module, "nb")
	return module
}

const ownCell = "package main\n\nimport (\n\t\"fmt\"\n\n\t\"course/low\"\n\town \"example.com/own/nb/internal/low\"\n)\n\nfunc main() { fmt.Println(low.Word, own.Word) }\n"

func TestACellImportsTheInternalPackagesOfItsFolder(t *testing.T) {
	d := newDesk(t)
	d.inModule()
	if _, failure := d.gets(ownCell); failure != "" { // which also makes go.mod again
		t.Fatal(failure)
	}
	d.wants(direct, "low 1 own\n")
	d.wants(reusing, "low 1 own\n")
	d.settings[envvar.Fast] = "off"
	d.wants(byGo, "low 1 own\n")
}

func TestAChangeOfTheModuleCountsForTheNextCell(t *testing.T) {
	d := newDesk(t)
	module := d.inModule()
	if _, failure := d.gets(ownCell); failure != "" {
		t.Fatal(failure)
	}
	d.wants(direct, "low 1 own\n")
	goMod := filepath.Join(module, "go.mod")
	d.write(goMod, "module example.com/own\n\ngo 1.22\n\nrequire (\n")
	how, failure := d.gets(ownCell)
	if how != direct || strings.Count(failure, "\n") != 1 || !strings.Contains(failure, goMod+":5") {
		t.Errorf("a broken go.mod: %s: %q, want one line that names %s", how, failure, goMod)
	}
	d.write(goMod, "module example.com/own\n\ngo 1.22\n\nrequire example.com/more v1.0.0\n\nreplace example.com/more => ./more\n")
	d.write(filepath.Join(module, "more", "go.mod"), "module example.com/more\n\ngo 1.22\n")
	d.write(filepath.Join(module, "more", "more.go"), "package more\n\nconst Word = \"more\"\n")
	if _, failure := d.gets("package main\n\nimport \"example.com/more\"\n\nfunc main() { print(more.Word) }\n"); failure != "" {
		t.Fatal(failure)
	}
	d.wants(direct, "more")
	if content, err := os.ReadFile(goMod); err != nil || !strings.HasSuffix(string(content), "=> ./more\n") {
		t.Errorf("the module's go.mod is %q, %v", content, err)
	}
}

// Every user of the machine can write to the folder for temporary files, which is above that of the cell.
func TestAWorkspaceAboveTheCellsFolderIsIgnored(t *testing.T) {
	d := newDesk(t)
	root := filepath.Dir(d.cell)
	d.write(filepath.Join(root, "trap", "go.mod"), "module course\n\ngo 1.22\n")
	d.write(filepath.Join(root, "go.work"), "go 1.22\n\nuse ./cell\n\nreplace course => ./trap\n")
	if _, failure := d.gets(tiny["cell/main.go"]); failure != "" {
		t.Fatal(failure)
	}
	d.wants(direct, said)
	d.settings[envvar.Fast] = "off"
	d.wants(byGo, said)
	d.write(filepath.Join(d.cell, "go.work"), "go 1.22\n\nuse .\n") // as a cell may do
	if out, err := d.goCommand("env", "GOWORK").Output(); err != nil || strings.TrimSpace(string(out)) != filepath.Join(d.cell, "go.work") {
		t.Errorf("the cell's own workspace: %q, %v", out, err)
	}
}
