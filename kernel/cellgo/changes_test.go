package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"multiprocessing/internal/envvar"
)

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
		"the switch":            {func(d *desk) { d.settings[envvar.Fast] = "off" }, byGo, said},
		"a trimmed build cache": {func(d *desk) { d.archive("course/low", func(path string) error { return os.Remove(path) }) }, reusing, said},
		"a build cache that was cut off": {func(d *desk) {
			d.archive("course/low", func(path string) error { return os.Truncate(path, 100) })
		}, reusing, said},
		"a program that is gone":               {func(d *desk) { d.forgetPrograms() }, direct, said},
		"a set of imports with one wrong byte": {func(d *desk) { d.spoil("imports", oneByte) }, reusing, said},
		"that all was spoiled": {func(d *desk) {
			d.spoil("imports", cutOff)
			d.spoil("packages", oneByte)
			d.forgetPrograms()
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

// The compiler reads an edit that is undone before anybody looks again, with the time that the file had.
func TestAnEditThatIsUndoneWhileThePackageIsCompiledIsNotKept(t *testing.T) {
	d := newDesk(t)
	low := tiny["course/low/low.go"]
	d.inCourse("low/edited", strings.Replace(low, "1", "5", 1))
	d.inCourse("low/saved", low)
	d.realGo(`case "$1 $2" in
"list -export") if mkdir '` + filepath.Join(d.course, "once") + `' 2>/dev/null; then
	cd '` + filepath.Join(d.course, "low") + `' && touch -r low.go edited saved && cp -p edited low.go && cd "$OLDPWD" || exit 9
	"$GO" "$@"
	code=$?
	cp -p '` + filepath.Join(d.course, "low", "saved") + `' '` + filepath.Join(d.course, "low", "low.go") + `'
	exit $code
fi;;
esac
`)
	d.wants(byGo, said)
	d.write(filepath.Join(d.cell, "main.go"), cellOf(`fmt.Println(high.Say(), low.Loop(), "again")`))
	d.wants(direct, strings.TrimSpace(said)+" again\n")
}

// realGo has the real go command be called by a script that begins with these lines, where $GO is the command.
func (d *desk) realGo(lines string) {
	d.Helper()
	real, root := goRoot(d.T), filepath.Join(filepath.Dir(d.course), "go")
	for _, name := range []string{"src", "pkg", "lib", "VERSION", "go.env"} {
		if err := errors.Join(os.MkdirAll(filepath.Join(root, "bin"), 0o700), os.Symlink(filepath.Join(real, name), filepath.Join(root, name))); err != nil {
			d.Fatal(err)
		}
	}
	d.settings[envvar.Go] = filepath.Join(root, "bin", "go")
	d.write(d.settings[envvar.Go], "#!/bin/sh\nGO='"+filepath.Join(real, "bin", "go")+"'\n"+lines+"exec \"$GO\" \"$@\"\n")
	if err := os.Chmod(d.settings[envvar.Go], 0o700); err != nil {
		d.Fatal(err)
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
	folder := filepath.Join(d.cells, kind)
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) == 0 {
		d.Fatalf("no %s: %v", kind, err)
	}
	for _, entry := range entries {
		path := filepath.Join(folder, entry.Name())
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
