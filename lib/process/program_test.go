//go:build unix

package process_test

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"multiprocessing/lib/process"
)

var initHasRun bool

func init() { initHasRun = true }

var sawInit = process.Register("saw init", func(int) bool { return initHasRun })

func TestNoFuncInitOfTheRegisteringPackageRunsInAWorker(t *testing.T) {
	p, err := process.NewPool(t.Context(), 1)
	if err != nil {
		t.Skip(err)
	}
	defer p.Close()
	if got, err := process.Map(t.Context(), p, []int{0}, sawInit); err != nil || got[0] || !initHasRun {
		t.Errorf("in the worker: %v, %v; here: %v", got, err, initHasRun)
	}
}

// run builds and runs a program of testdata.
func run(t *testing.T, program string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "program.exe")
	if out, err := exec.Command("go", "build", "-o", binary, "./testdata/"+program).CombinedOutput(); err != nil {
		t.Skipf("cannot build it: %v\n%s", err, out)
	}
	cmd := exec.Command(binary, args...)
	var out, errOut strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err = cmd.Run()
	return out.String(), errOut.String(), err
}

func TestAnOrdinaryProgramNeedsNoGuardAroundMain(t *testing.T) {
	stdout, stderr, err := run(t, "ordinary", "-flag", "argument")
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	slices.Sort(lines)
	want := []string{
		"init", "main begins", "main ends: [224737 224743 224759 224771] <nil>",
		"worker 1: task", "worker 1: task", "worker 2: task", "worker 2: task",
	}
	got := strings.ReplaceAll(strings.Join(lines, "\n"), "worker 2", "worker 1")
	if got != strings.ReplaceAll(strings.Join(want, "\n"), "worker 2", "worker 1") || stderr != "" || err != nil {
		t.Errorf("stdout:\n%s\nstderr:\n%s\n%v", stdout, stderr, err)
	}
}

func TestTasksThatAreNotRegisteredInEveryRunAreAnErrorNotAHang(t *testing.T) {
	stdout, stderr, err := run(t, "fickle")
	if err == nil || !strings.Contains(stderr, "it registers fewer tasks (1) than the program that started it (2)") {
		t.Errorf("stdout:\n%s\nstderr:\n%s\n%v", stdout, stderr, err)
	}
}

func TestACThreadMayCallBackIntoGoInAWorkerWhoseMainServes(t *testing.T) {
	stdout, stderr, err := run(t, "callback", "serve")
	if stdout != "main goes on\n[true] <nil>\n[2 4 6 8] <nil>\n" || stderr != "" || err != nil {
		t.Errorf("stdout:\n%s\nstderr:\n%s\n%v", stdout, stderr, err)
	}
}

func TestACThreadThatCallsBackIntoGoTooEarlyIsAnErrorNotAHang(t *testing.T) {
	stdout, _, err := run(t, "callback")
	if err != nil || !strings.HasPrefix(stdout, "main goes on\n[false] <nil>\n[] process: Map: item 0: worker ") ||
		!strings.Contains(stdout, "a C thread calls back into Go, which is not possible before package initialization is complete; call process.Serve first in main") {
		t.Errorf("stdout:\n%s\n%v", stdout, err)
	}
}
