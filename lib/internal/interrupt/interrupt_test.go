//go:build unix

package interrupt

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func TestAnInterruptArrivesInTheCoursesKernelAndElsewhere(t *testing.T) {
	for _, kernel := range []string{t.TempDir(), ""} {
		t.Setenv(folder, kernel)
		interrupts, stop := Notify()
		files, err := filepath.Glob(filepath.Join(kernel, "interrupt-*"))
		if kernel == "" {
			err = syscall.Kill(os.Getpid(), syscall.SIGINT)
		} else if err == nil && len(files) == 1 {
			err = os.Remove(files[0]) // as the kernel does
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := <-interrupts; got != os.Interrupt {
			t.Errorf("got %v", got)
		}
		stop()
	}
}

func TestWhatEndsInsideDoesNotInterruptWhatGoesOn(t *testing.T) {
	t.Setenv(folder, t.TempDir())
	outside, stop := Notify()
	defer stop()
	_, stopInside := Notify()
	stopInside()
	select {
	case <-outside:
		t.Error("interrupted")
	case <-time.After(5 * tick):
	}
}

func TestNothingIsLeftAfterwards(t *testing.T) {
	t.Setenv(folder, t.TempDir())
	_, stop := Notify()
	stop()
	if left, err := os.ReadDir(os.Getenv(folder)); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}
