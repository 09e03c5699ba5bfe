package process

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

func TestTheProgramsOfAFolderAreFound(t *testing.T) {
	folder, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(folder, "below", "program")
	if err := os.MkdirAll(filepath.Dir(program), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, content, 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-test.run=TestWaitsForItsInput")
	cmd.Env = append(os.Environ(), waits+"=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	is := func(p Process) bool { return p.PID == cmd.Process.Pid }
	if found := From(folder); len(found) != 1 || !is(found[0]) {
		t.Errorf("found %v, want process %d", found, cmd.Process.Pid)
	}
	if slices.ContainsFunc(From(folder+"-other"), is) || slices.ContainsFunc(From(filepath.Join(folder, "bel")), is) {
		t.Error("it is found in another folder")
	}
	in.Close()
	_ = cmd.Wait()
	if found := From(folder); len(found) != 0 {
		t.Errorf("after its end: %v", found)
	}
}

// waits has this test binary, started again, wait for the end of its input.
const waits = "PROCESS_TEST_WAITS"

func TestWaitsForItsInput(t *testing.T) {
	if os.Getenv(waits) != "" {
		_, _ = os.Stdin.Read(make([]byte, 1))
	}
}
