package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// gets runs go get in the cell and returns how, and what it printed if it failed.
func (d *desk) gets(source string, args ...string) (how, failure string) {
	d.Helper()
	d.write(filepath.Join(d.cell, "main.go"), source)
	out, err := d.goCommand(append([]string{"get"}, args...)...).CombinedOutput()
	if err != nil {
		failure = string(out)
	}
	return d.reported().How, failure
}

func TestThereIsNothingToGetWhenAllIsKnown(t *testing.T) {
	d := newDesk(t)
	if how, failure := d.gets("package main\n\nimport _ \"net/http\"\n"); how != direct || failure != "" {
		t.Errorf("the standard library: %s, %s", how, failure)
	}
	if how, failure := d.gets(tiny["cell/main.go"]); how != direct || failure != "" {
		t.Errorf("a package that was never compiled for a cell: %s, %s", how, failure)
	}
	d.wants(direct, said)
	if how, failure := d.gets(tiny["cell/main.go"]); how != direct || failure != "" {
		t.Errorf("a package that was: %s, %s", how, failure)
	}
	if how, failure := d.gets("package main\n\nimport _ \"course/low\"\n", "-t"); how != direct || failure != "" {
		t.Errorf("another cell with one of them: %s, %s", how, failure)
	}
}

func TestAnImportThatIsNowhereIsAnErrorAtOnce(t *testing.T) {
	d := newDesk(t)
	d.settings["GOPROXY"] = "http://127.0.0.1:1"
	for path, want := range map[string]string{
		"example.com/new/thing": "!*go get example.com/new/thing",
		"fmtt":                  "neither Go's standard library nor a module",
		"course/lo":             "module course, which the cell's go.mod pins, has no such package",
	} {
		how, failure := d.gets("package main\n\nimport (\n\t_ \"fmt\"\n\t_ \"" + path + "\"\n)\n")
		if how != direct || strings.Count(failure, "\n") != 1 || !strings.Contains(failure, want) || !strings.Contains(failure, `"`+path+`"`) {
			t.Errorf("%s: %s: %q, want one line with %q", path, how, failure, want)
		}
	}
}

func TestWhatAReaderGetsIsForTheRealGo(t *testing.T) {
	d := newDesk(t)
	d.settings["GOPROXY"] = "off"
	if _, failure := d.gets(tiny["cell/main.go"], "example.com/new@v1.0.0"); !strings.Contains(failure, "example.com/new@v1.0.0: module lookup disabled") {
		t.Errorf("%q, want what the real go command says", failure)
	}
}

// A reader may add a module that is a folder; from then on the cell's own go.mod counts.
func TestAnAddedModuleIsFound(t *testing.T) {
	d := newDesk(t)
	d.write(filepath.Join(d.course+"2", "go.mod"), "module example.com/new\n\ngo 1.22\n")
	d.write(filepath.Join(d.course+"2", "new.go"), "package new\n\nconst Word = \"new\"\n")
	const source = "package main\n\nimport (\n\t\"fmt\"\n\n\t\"example.com/new\"\n)\n\nfunc main() { fmt.Println(new.Word) }\n"
	if how, failure := d.gets(source); how != direct || failure == "" {
		t.Fatalf("before it is added: %s, %q", how, failure)
	}
	for _, args := range [][]string{{"mod", "edit", "-replace=example.com/new=" + d.course + "2"}, {"get", "example.com/new"}} {
		if out, err := d.goCommand(args...).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	if _, failure := d.gets(source); failure != "" {
		t.Errorf("after: %s", failure)
	}
	d.wants(direct, "new\n")
}
