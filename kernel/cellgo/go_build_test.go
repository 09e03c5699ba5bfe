package main

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"multiprocessing/internal/envvar"
)

func TestAnUnchangedCellIsNotBuiltAgain(t *testing.T) {
	d := newDesk(t)
	d.wants(direct, said)
	d.wants(reusing, said)
	d.write(filepath.Join(d.cell, "main.go"), cellOf(`fmt.Println("x")`))
	d.wants(direct, "x\n")
	d.write(filepath.Join(d.cell, "main.go"), tiny["cell/main.go"])
	d.wants(reusing, said)
}

func TestMistakesInACellAreToldAsTheRealGoTellsThem(t *testing.T) {
	d := newDesk(t)
	for name, source := range map[string]string{
		"type":                 "package main\n\nfunc main() { var x int = \"a\" }\n",
		"syntax":               "package main\n\nfunc main() {\n",
		"link":                 "package main\n\nfunc f()\n\nfunc main() { f() }\n",
		"internal":             "package main\n\nimport _ \"internal/abi\"\n\nfunc main() {}\n",
		"program":              "package main\n\nimport _ \"course/prog\"\n\nfunc main() {}\n",
		"no such package":      "package main\n\nimport _ \"course/none\"\n\nfunc main() {}\n",
		"unused import":        "package main\n\nimport \"course/alone\"\n\nfunc main() {}\n",
		"own folder":           "package main\n\nimport _ \"gonb_1/x\"\n\nfunc main() {}\n",
		"other package name":   "package other\n\nfunc main() {}\n",
		"two mistakes at once": "package main\n\nimport \"os\"\n\nfunc main() { x := 1 }\n",
	} {
		d.write(filepath.Join(d.cell, "main.go"), source)
		d.settings[envvar.Fast] = "off"
		_, want := d.try()
		d.settings[envvar.Fast] = ""
		if how, failure := d.try(); failure != want || how != byGo {
			t.Errorf("%s: %s: %q, want %q", name, how, failure, want)
		}
	}
}

func TestAPanicAndADeadlockAreToldAsInARealBuild(t *testing.T) {
	for name, body := range map[string]string{
		"panic":    `panic(fmt.Sprint("no ", 1))`,
		"deadlock": "var c chan int\n<-c\nfmt.Println()",
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.write(filepath.Join(d.cell, "main.go"), cellOf(body))
			d.settings[envvar.Fast] = "off"
			d.try()
			want, _ := exec.Command(d.binary()).CombinedOutput()
			d.settings[envvar.Fast] = ""
			if how, failure := d.try(); how != direct {
				t.Fatal(how, failure)
			}
			got, _ := exec.Command(d.binary()).CombinedOutput()
			line := filepath.Join(d.cell, "main.go") + ":1"
			if withoutOffsets(got) != withoutOffsets(want) || !strings.Contains(string(got), line) {
				t.Errorf("%s\nwant\n%s\nwith %s in it", got, want, line)
			}
		})
	}
}

// withoutOffsets leaves out where in a function the program was, which the build id moves.
func withoutOffsets(trace []byte) string {
	var lines []string
	for line := range strings.Lines(string(trace)) {
		line, _, _ = strings.Cut(line, " +0x")
		line, _, _ = strings.Cut(line, "(0x")
		lines = append(lines, strings.TrimSpace(line))
	}
	return strings.Join(lines, "\n")
}

func TestTheBuildInformationIsThatOfARealBuild(t *testing.T) {
	d := newDesk(t)
	version := func() string {
		out, err := d.goCommand("version", "-m", d.binary()).Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	d.wants(direct, said)
	got := version()
	d.settings[envvar.Fast] = "off"
	d.wants(byGo, said)
	if want := version(); got != want || !strings.Contains(got, "dep\tcourse") {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestAStoreThatCannotBeWrittenIsDoneWithout(t *testing.T) {
	d := newDesk(t)
	d.write(d.cells, "a file where the folder should be")
	d.wants(byGo, said)
	d.settings[envvar.Cells] = ""
	d.wants(byGo, said)
}

// In a container that runs as another user than the image's, packages were compiled for cells before, into a build cache
// that it can only read.
func TestAStoreThatCannotBeWrittenServesBelowAnother(t *testing.T) {
	d := newDesk(t)
	d.wants(direct, said)
	d.settings[envvar.OwnCells] = filepath.Join(filepath.Dir(d.cells), "own")
	d.settings["GOCACHE"] = filepath.Join(filepath.Dir(d.cells), "empty")
	if err := os.Mkdir(d.settings["GOCACHE"], 0o700); err != nil {
		t.Fatal(err)
	}
	before := entriesOf(t, d.cells)
	d.write(filepath.Join(d.cell, "main.go"), cellOf(`fmt.Println("another", low.Word, high.Say())`))
	d.wants(direct, "another low 1 low 1 text 1 1\n")
	d.wants(reusing, "another low 1 low 1 text 1 1\n")
	if after := entriesOf(t, d.cells); !slices.Equal(after, before) {
		t.Errorf("in the one that is read there is %q, want %q", after, before)
	}
	if compiled := entriesOf(t, d.settings["GOCACHE"]); len(compiled) > 1 {
		t.Errorf("%d files were compiled anew", len(compiled))
	}
}

func TestSeveralKernelsMayUseOneStoreAtOnce(t *testing.T) {
	d := newDesk(t)
	var all sync.WaitGroup
	for i := range 4 {
		folder := fmt.Sprintf("%s-%d", d.cell, i)
		for _, name := range []string{"main.go", "go.mod", "go.sum"} {
			content, err := os.ReadFile(filepath.Join(d.cell, name))
			if err != nil {
				t.Fatal(err)
			}
			d.write(filepath.Join(folder, name), string(content))
		}
		all.Go(func() {
			cmd := d.goCommand("build", "-o", filepath.Join(folder, "gonb_1"))
			cmd.Dir = folder
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
				return
			}
			if out, err := exec.Command(filepath.Join(folder, "gonb_1")).Output(); err != nil || string(out) != said {
				t.Errorf("%q, %v", out, err)
			}
		})
	}
	all.Wait()
	d.wants(direct, said) // programs are each kernel's own
	d.wants(reusing, said)
}

func (d *desk) forgetPrograms() {
	d.Helper()
	if err := os.RemoveAll(filepath.Join(d.cell, ".cellgo")); err != nil {
		d.Fatal(err)
	}
}

// A program is kept in the kernel's folder, by a link, and never in the folder that kernels share.
func TestAKernelKeepsItsProgramsInItsOwnFolder(t *testing.T) {
	d := newDesk(t)
	d.wants(direct, said)
	folder := filepath.Join(d.cell, ".cellgo", "programs")
	kept, err := os.ReadDir(folder)
	if err != nil || len(kept) != 1 {
		t.Fatalf("kept are %v, %v", kept, err)
	}
	program, failed := os.Stat(d.binary())
	if info, err := kept[0].Info(); err != nil || failed != nil || !os.SameFile(info, program) {
		t.Errorf("it is a copy, %v, %v", err, failed)
	}
	if info, err := os.Stat(folder); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("its folder has mode %v, %v", info.Mode(), err)
	}
	for _, path := range entriesOf(t, d.cells) {
		if info, err := os.Stat(path); err != nil || info.Size() > 1<<20 {
			t.Errorf("kernels share %s, %v", path, err)
		}
	}
}

func TestABuildThatIsKilledOrInterruptedDoesNoHarm(t *testing.T) {
	d := newDesk(t)
	d.wants(direct, said)
	for _, signal := range []os.Signal{os.Interrupt, os.Kill} {
		d.write(filepath.Join(d.cell, "main.go"), cellOf(`fmt.Println("`+signal.String()+`")`))
		cmd := d.goCommand("build", "-o", d.binary())
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(time.Minute); len(d.scratches()) == 0 && time.Now().Before(deadline); {
			time.Sleep(100 * time.Microsecond)
		}
		_ = cmd.Process.Signal(signal)
		if err := cmd.Wait(); err == nil {
			t.Logf("it was done before the signal %v came", signal)
		}
		if left := d.scratches(); signal == os.Interrupt && len(left) > 0 {
			t.Errorf("an interrupt leaves %v", left)
		}
		how, failure := d.try()
		if out, err := exec.Command(d.binary()).Output(); failure != "" || err != nil || string(out) != signal.String()+"\n" {
			t.Errorf("after %v: built %s, %s: %q, %v", signal, how, failure, out, err)
		}
	}
	old := time.Now().Add(-time.Hour)
	for _, name := range d.scratches() {
		if err := os.Chtimes(filepath.Join(d.cell, name), old, old); err != nil {
			t.Fatal(err)
		}
	}
	d.write(filepath.Join(d.cell, "main.go"), tiny["cell/main.go"])
	d.wants(reusing, said)
	if left := d.scratches(); len(left) > 0 {
		t.Errorf("a later build leaves %v", left)
	}
}

func (d *desk) scratches() []string {
	found, err := fs.Glob(os.DirFS(d.cell), scratchName+"*")
	if err != nil {
		d.Fatal(err)
	}
	return found
}

// A reader's own builds are part of the cell's running.
func TestOnlyGoNBsBuildsAreReported(t *testing.T) {
	d := newDesk(t)
	for _, args := range [][]string{{"build", "."}, {"build", "-o", filepath.Join(d.cell, "mine")}, {"vet"}, {"get", "course/low"}} {
		if out, err := d.goCommand(args...).CombinedOutput(); err != nil {
			t.Errorf("go %s: %v\n%s", args, err, out)
		}
		if r := d.reported(); r.Verb != "" {
			t.Errorf("go %s is reported as %+v", args, r)
		}
	}
}

func TestEachBuildIsReported(t *testing.T) {
	d := newDesk(t)
	begin := time.Now().UnixNano()
	d.wants(direct, said)
	r := d.reported()
	if r.Verb != "build" || r.Start < begin || r.End < r.Start || r.End > time.Now().UnixNano() || !r.OK {
		t.Errorf("%+v", r)
	}
	d.write(filepath.Join(d.cell, "main.go"), "package main\n")
	d.try()
	if r := d.reported(); r.OK || r.How != byGo {
		t.Errorf("a failure is reported as %+v", r)
	}
	d.settings[envvar.Builds] = filepath.Join(d.builds, "no", "such", "folder")
	d.write(filepath.Join(d.cell, "main.go"), tiny["cell/main.go"])
	if _, failure := d.try(); failure != "" {
		t.Errorf("a report that cannot be written: %s", failure)
	}
}
