//go:build unix

package timing

import (
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
)

// A limit on the size of files stands for a disk that is full: the file can
// be made but not written.
func TestAFullDiskLeavesTheRunStandingAndNoFileBehind(t *testing.T) {
	dir := elsewhere(t)
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	none := old
	none.Cur = 0
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &none); err != nil {
		t.Fatal(err)
	}
	c := compareFixed("primes", nil)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(c.Caption(), "This run is not in the history: ") || verdict(t, c, "b") != "faster" {
		t.Errorf("got %q", c.Caption())
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%d files are left", len(left))
	}
}
