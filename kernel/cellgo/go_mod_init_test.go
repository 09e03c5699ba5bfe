package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/internal/gonb"
)

const course = `module multiprocessing

go 1.26.0

tool example.com/tool

require (
	example.com/a v1.2.3
	example.com/tool v0.1.0 // indirect
)

replace example.com/a => ./vendored/a

replace example.com/b => example.com/c v1.0.0
`

func parse(t *testing.T, content []byte) *modfile.File {
	t.Helper()
	file, err := modfile.Parse("go.mod", content, nil)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestACellRequiresTheCourseAndAllThatItPins(t *testing.T) {
	content, err := cellModule([]byte(course), "gonb_1", "/course")
	if err != nil {
		t.Fatal(err)
	}
	file := parse(t, content)
	if file.Module.Mod.Path != "gonb_1" {
		t.Errorf("module %s, want gonb_1", file.Module.Mod.Path)
	}
	versions := map[string]string{}
	for _, require := range file.Require {
		versions[require.Mod.Path] = require.Mod.Version
	}
	for path, want := range map[string]string{"example.com/a": "v1.2.3", "example.com/tool": "v0.1.0", "multiprocessing": unversioned} {
		if versions[path] != want {
			t.Errorf("requires %s at %q, want %q", path, versions[path], want)
		}
	}
	if len(file.Tool) != 0 {
		t.Errorf("a cell's module has tools: %v", file.Tool)
	}
}

func TestFoldersOfReplacementsAreAbsolute(t *testing.T) {
	content, err := cellModule([]byte(course), "gonb_1", "/course")
	if err != nil {
		t.Fatal(err)
	}
	replaced := map[string]string{}
	for _, replace := range parse(t, content).Replace {
		replaced[replace.Old.Path] = replace.New.Path
	}
	want := map[string]string{
		"multiprocessing": "/course",
		"example.com/a":   filepath.Join("/course", "vendored/a"),
		"example.com/b":   "example.com/c",
	}
	for path, folder := range want {
		if replaced[path] != folder {
			t.Errorf("%s is replaced by %q, want %q", path, replaced[path], folder)
		}
	}
}

func TestABrokenGoModIsAnError(t *testing.T) {
	if _, err := cellModule([]byte("module\nrequire ("), "gonb_1", "/course"); err == nil {
		t.Error("no error")
	}
}

func TestInitWritesGoModAndGoSumOnce(t *testing.T) {
	from, dir := t.TempDir(), t.TempDir()
	write(t, filepath.Join(from, "go.mod"), course)
	write(t, filepath.Join(from, "go.sum"), "sums\n")
	if err := initModule(dir, "gonb_1", from); err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(dir, "go.sum"))
	if err != nil || string(sums) != "sums\n" {
		t.Errorf("go.sum is %q, %v", sums, err)
	}
	if err := initModule(dir, "gonb_1", from); err == nil || !strings.Contains(err.Error(), "already exists") {
		t.Errorf("a second init: error %v, want that go.mod already exists", err)
	}
}

func TestInitSaysWhenTheCourseIsGone(t *testing.T) {
	err := initModule(t.TempDir(), "gonb_1", filepath.Join(t.TempDir(), "gone"))
	if err == nil || !strings.Contains(err.Error(), "kernel install") {
		t.Errorf("error %v, want one that says what to do", err)
	}
}

func TestOnlyModInitIsAnsweredHere(t *testing.T) {
	for _, args := range [][]string{nil, {"build"}, {"mod", "tidy"}, {"mod", "init"}, {"work", "init", "x"}} {
		if _, ok := gonb.NewModule(args); ok {
			t.Errorf("go %v is taken for go mod init NAME", args)
		}
	}
	if name, ok := gonb.NewModule([]string{"mod", "init", "gonb_1"}); !ok || name != "gonb_1" {
		t.Errorf("go mod init gonb_1: %q, %v", name, ok)
	}
}

func TestTheRealGoCommandAnswersTheRest(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "go")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	real, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, "env", "GOOS", "GOARCH")
	cmd.Env = append(os.Environ(), envvar.Go+"="+real)
	want, err := exec.Command("go", "env", "GOOS", "GOARCH").Output()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := cmd.CombinedOutput(); err != nil || string(got) != string(want) {
		t.Errorf("go env: %q, %v; want %q", got, err, want)
	}
	cmd = exec.Command(binary, "no-such-command")
	cmd.Env = append(os.Environ(), envvar.Go+"="+real)
	if err := cmd.Run(); err == nil || cmd.ProcessState.ExitCode() != 2 {
		t.Errorf("go no-such-command: %v, want exit status 2", err)
	}
	cmd = exec.Command(binary, "version")
	cmd.Env = append(os.Environ(), envvar.Go+"=")
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), envvar.Go+" is not set") {
		t.Errorf("without %s: %q, %v", envvar.Go, out, err)
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
