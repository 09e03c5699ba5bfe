package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/internal/gonb"
)

func TestInitWritesGoModAndGoSumOnce(t *testing.T) {
	from, dir := t.TempDir(), t.TempDir()
	write(t, filepath.Join(from, "go.mod"), "module multiprocessing\n\ngo 1.26.0\n")
	write(t, filepath.Join(from, "go.sum"), "sums\n")
	t.Setenv(envvar.Module, from)
	t.Setenv(envvar.Folder, "")
	if err := initModule(dir, "gonb_1"); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"go.sum": "sums\n", "go.mod": "module gonb_1\n"} {
		if content, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !strings.HasPrefix(string(content), want) {
			t.Errorf("%s is %q, %v", name, content, err)
		}
	}
	if err := initModule(dir, "gonb_1"); err == nil || !strings.Contains(err.Error(), "already exists") {
		t.Errorf("a second init: error %v, want that go.mod already exists", err)
	}
}

func TestInitSaysWhenTheCourseIsGone(t *testing.T) {
	t.Setenv(envvar.Module, filepath.Join(t.TempDir(), "gone"))
	t.Setenv(envvar.Folder, "")
	err := initModule(t.TempDir(), "gonb_1")
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
