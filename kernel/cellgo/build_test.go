package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
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

// Each edit keeps the file's size where it can, and its time.
func TestTheNextCellSees(t *testing.T) {
	low := tiny["course/low/low.go"]
	for name, test := range map[string]struct {
		edit func(*desk)
		how  string
		says string
	}{
		"an edit of the library": {func(d *desk) { d.inCourse("low/low.go", strings.Replace(low, "1", "2", 1)) }, direct, "low 2 text 1 1 3\n"},
		"an edit in a linked folder": {func(d *desk) {
			d.link("low", "elsewhere")
			if how, failure := d.try(); failure != "" {
				d.Fatal(how, failure)
			}
			d.inCourse("low/low.go", strings.Replace(low, "1", "4", 1))
		}, direct, "low 4 text 1 1 3\n"},
		"an added file": {func(d *desk) { d.inCourse("low/more.go", "package low\n\nfunc init() { Word = \"more\" }\n") }, direct, "more text 1 1 3\n"},
		"an added assembly file": {func(d *desk) {
			d.inCourse("low/more.go", "package low\n\nfunc f()\n\nfunc init() { f(); Word = \"more\" }\n")
			d.inCourse("low/more.s", "#include \"textflag.h\"\nTEXT ·f(SB), NOSPLIT, $0-0\n\tRET\n")
		}, direct, "more text 1 1 3\n"},
		"a removed file": {func(d *desk) {
			d.inCourse("low/low.go", low+"\nfunc init() { Word = \"removed\" }\n")
			d.inCourse("low/more.go", "package low\n")
			d.wants(direct, "removed text 1 1 3\n")
			d.remove("low/more.go")
			d.inCourse("low/low.go", low)
		}, reusing, said}, // as it was in the beginning
		"an edit of an embedded file": {func(d *desk) { d.inCourse("high/data/text", "text 2 ") }, direct, "low 1 text 2 1 3\n"},
		"an added embedded file":      {func(d *desk) { d.inCourse("high/data/deep/more", "") }, direct, "low 1 text 1 2 3\n"},
		"another language version of the library": {func(d *desk) {
			d.inCourse("go.mod", "module course\n\ngo 1.21\n")
		}, direct, "low 1 text 1 1 9\n"},
		"another version in the cell's go.mod": {func(d *desk) {
			for name, content := range tiny {
				if rest, found := strings.CutPrefix(name, "course/"); found {
					d.write(filepath.Join(d.course+"2", rest), strings.Replace(content, "low 1", "low 3", 1))
				}
			}
			if out, err := d.goCommand("mod", "edit", "-replace=course="+d.course+"2").CombinedOutput(); err != nil {
				d.Fatalf("%v\n%s", err, out)
			}
		}, direct, "low 3 text 1 1 3\n"},
		"tags in GOFLAGS":       {func(d *desk) { d.settings["GOFLAGS"] = "-tags=marked" }, direct, "low 1 marked text 1 1 3\n"},
		"tags from go env -w":   {func(d *desk) { d.settings["GOFLAGS"] = ""; d.write(d.settings["GOENV"], "GOFLAGS=-tags=marked\n") }, direct, "low 1 marked text 1 1 3\n"},
		"flags of another kind": {func(d *desk) { d.settings["GOFLAGS"] = "-gcflags=-N" }, byGo, said},
		"the switch":            {func(d *desk) { d.settings[envFast] = "off" }, byGo, said},
		"a trimmed build cache": {func(d *desk) { d.archive("course/low", func(path string) error { return os.Remove(path) }) }, reusing, said},
		"a build cache that was cut off": {func(d *desk) {
			d.archive("course/low", func(path string) error { return os.Truncate(path, 100) })
		}, reusing, said},
		"a program that was cut off":    {func(d *desk) { d.spoil("binaries", cutOff) }, direct, said},
		"a program with one wrong byte": {func(d *desk) { d.spoil("binaries", oneByte) }, direct, said},
		"a plan with one wrong byte":    {func(d *desk) { d.spoil("plans", oneByte) }, reusing, said},
		"that all was spoiled": {func(d *desk) {
			d.spoil("plans", cutOff)
			d.spoil("packages", oneByte)
			d.spoil("binaries", oneByte)
		}, direct, said},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.wants(direct, said)
			test.edit(d)
			d.wants(test.how, test.says)
		})
	}
}

// The linker refuses packages that were compiled with different versions of a third.
func TestAPackageIsCompiledAnewWhenAnotherCellHadOneChangedThatItImports(t *testing.T) {
	d := newDesk(t)
	d.wants(direct, said)
	d.inCourse("low/low.go", tiny["course/low/low.go"]+"\nconst More = 1\n")
	d.write(filepath.Join(d.cell, "main.go"), "package main\n\nimport \"course/low\"\n\nfunc main() { print(low.More) }\n")
	d.wants(direct, "1")
	d.write(filepath.Join(d.cell, "main.go"), tiny["cell/main.go"])
	d.wants(direct, said)
}

func TestATrimmedBuildCacheIsSeenByACellThatIsNew(t *testing.T) {
	d := newDesk(t)
	d.wants(direct, said)
	for i, remove := range []func(string) error{os.Remove, func(path string) error { return os.Truncate(path, 100) }} {
		d.archive("course/low", remove)
		d.write(filepath.Join(d.cell, "main.go"), cellOf(fmt.Sprintf("fmt.Println(high.Say(), low.Loop(), %d)", i)))
		d.wants(direct, strings.TrimSpace(said)+fmt.Sprintf(" %d\n", i))
	}
}

// archive does something to the compiled package in Go's build cache.
func (d *desk) archive(path string, do func(string) error) {
	d.Helper()
	out, err := d.goCommand("list", "-export", "-f", "{{.Export}}", path).Output()
	if err != nil {
		d.Fatal(err)
	}
	if err := do(strings.TrimSpace(string(out))); err != nil {
		d.Fatal(err)
	}
}

func cutOff(content []byte) []byte { return content[:len(content)/2] }

func oneByte(content []byte) []byte {
	content = bytes.Clone(content)
	content[len(content)/2] ^= 1
	return content
}

// spoil does something to the entries of one kind.
func (d *desk) spoil(kind string, how func([]byte) []byte) {
	d.Helper()
	entries, err := filepath.Glob(filepath.Join(d.cells, kind, "*"))
	if err != nil || len(entries) == 0 {
		d.Fatalf("no %s: %v", kind, err)
	}
	for _, path := range entries {
		content, err := os.ReadFile(path)
		if err != nil {
			d.Fatal(err)
		}
		if err := os.Remove(path); err != nil { // the binary is the same file elsewhere
			d.Fatal(err)
		}
		if err := os.WriteFile(path, how(content), 0o700); err != nil {
			d.Fatal(err)
		}
	}
}

func TestACellThatDoesNotUseAPackageDoesNotCareForIt(t *testing.T) {
	d := newDesk(t)
	d.wants(direct, said)
	d.inCourse("alone/alone.go", "package alone\n\nbroken")
	d.wants(reusing, said)
}

func TestTagsFromGoflagsOfACellAreSeen(t *testing.T) {
	d := newDesk(t)
	d.wants(direct, said)
	d.wants(direct, "low 1 marked text 1 1 3\n", "-tags=marked")
	d.wants(reusing, said)
	d.wants(byGo, said, "-gcflags=-N")
}

// The cell prints what its build information says.
func TestSettingsOfTheBuildAreSeenAndTold(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("GOAMD64 is for amd64")
	}
	d := newDesk(t)
	d.write(filepath.Join(d.cell, "main.go"), "package main\n\nimport (\n\t\"fmt\"\n\t\"runtime/debug\"\n)\n\nfunc main() {\n\tinfo, _ := debug.ReadBuildInfo()\n\tfor _, s := range info.Settings {\n\t\tif s.Key == \"GOAMD64\" || s.Key == \"CGO_ENABLED\" || s.Key == \"-tags\" {\n\t\t\tfmt.Print(s.Value, \" \")\n\t\t}\n\t}\n\tfmt.Println(info.Path)\n}\n")
	d.wants(direct, "netgo,osusergo 0 v1 gonb_1\n")
	d.settings["GOFLAGS"] = ""
	d.wants(direct, "0 v1 gonb_1\n")
	d.settings["CGO_ENABLED"] = "1"
	if _, err := exec.LookPath("gcc"); err == nil {
		d.wants(direct, "1 v1 gonb_1\n")
	}
}

func TestABrokenLibraryIsToldByTheRealGoAndItsRepairSeen(t *testing.T) {
	d := newDesk(t)
	d.wants(direct, said)
	d.inCourse("low/low.go", "package low\n\nvar Word int = \"x\"\n")
	if how, failure := d.try(); how != byGo || !strings.Contains(failure, "low.go:3:") {
		t.Errorf("%s: %q, want the compiler's message from the real go command", how, failure)
	}
	d.inCourse("low/low.go", tiny["course/low/low.go"])
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
		d.settings[envFast] = "off"
		_, want := d.try()
		d.settings[envFast] = ""
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
			d.settings[envFast] = "off"
			d.try()
			want, _ := exec.Command(d.binary()).CombinedOutput()
			d.settings[envFast] = ""
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
	d.settings[envFast] = "off"
	d.wants(byGo, said)
	if want := version(); got != want || !strings.Contains(got, "dep\tcourse") {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestAStoreThatCannotBeWrittenIsDoneWithout(t *testing.T) {
	d := newDesk(t)
	d.write(d.cells, "a file where the folder should be")
	d.wants(byGo, said)
	d.settings[envCells] = ""
	d.wants(byGo, said)
}

// In a container that runs as another user than the image's, packages were compiled for cells before, into a build cache
// that it can only read.
func TestAStoreThatCannotBeWrittenServesBelowAnother(t *testing.T) {
	d := newDesk(t)
	d.wants(direct, said)
	d.settings[envOwnCells] = filepath.Join(filepath.Dir(d.cells), "own")
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
	d.wants(direct, said)
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
	for _, folder := range d.scratches() {
		if err := os.Chtimes(folder, old, old); err != nil {
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
	found, err := filepath.Glob(filepath.Join(d.cell, scratchName+"*"))
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
	d.settings[envBuilds] = filepath.Join(d.builds, "no", "such", "folder")
	d.write(filepath.Join(d.cell, "main.go"), tiny["cell/main.go"])
	if _, failure := d.try(); failure != "" {
		t.Errorf("a report that cannot be written: %s", failure)
	}
}
