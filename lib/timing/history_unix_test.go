//go:build unix

package timing

import (
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
)

// A limit on the size of files stands for a disk that is full: the file can
// be made but not written. The test runs in a process of its own, because
// the test binary may write files of go test's meanwhile.
func TestAFullDiskLeavesTheRunStandingAndNoFileBehind(t *testing.T) {
	if os.Getenv("TIMING_TEST_FULL_DISK") == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), "TIMING_TEST_FULL_DISK=1")
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "PASS") {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	dir := elsewhere(t)
	signal.Ignore(syscall.SIGXFSZ)
	limit := syscall.Rlimit{}
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	limit.Cur = 0
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	c := compareFixed("primes", nil)
	if !strings.Contains(c.Caption(), "This run is not in the history: ") || verdictOf(t, c, "b") != "2.00 times as fast (2.00 to 2.00)" {
		t.Errorf("got %q", c.Caption())
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%d files are left", len(left))
	}
}
