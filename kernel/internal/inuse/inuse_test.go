package inuse

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"
)

func TestAFolderInUseCannotBeClaimed(t *testing.T) {
	folder := t.TempDir()
	first, err := Mark(folder)
	if err != nil {
		t.Fatal(err)
	}
	second, err := Mark(folder)
	if err != nil {
		t.Fatal("a second user: ", err)
	}
	first()
	if _, err := Claim(folder); !errors.Is(err, ErrTaken) {
		t.Errorf("claimed while in use: %v", err)
	}
	second()
	release, err := Claim(folder)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Mark(folder); !errors.Is(err, ErrTaken) {
		t.Errorf("marked while it is claimed: %v", err)
	}
	if err := Remove(folder, release); err != nil {
		t.Fatal(err)
	}
	if _, err := Mark(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("marked when it is gone: %v", err)
	}
}

func TestAFolderThatCannotBeWrittenNeedsNoMark(t *testing.T) {
	folder := map[string]string{"linux": "/sys", "darwin": "/System"}[runtime.GOOS] // also root makes no file in it
	release, err := Mark(folder)
	if err != nil {
		t.Fatal(err)
	}
	release()
	if _, err := Claim(folder); err == nil {
		t.Error("claimed a folder that cannot be removed")
	}
}

// playsProgram has this test binary, started again, mark its folder and wait.
const playsProgram = "INUSE_TEST_PLAYS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(playsProgram) == "" {
		os.Exit(m.Run())
	}
	release, err := MarkProgram()
	fmt.Println("marked:", err)
	_, _ = io.Copy(io.Discard, os.Stdin)
	release()
}

func TestAProgramMarksItsFolderUntilItEnds(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "program"), content, 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(folder, "program"))
	cmd.Env = append(os.Environ(), playsProgram+"=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "marked: <nil>\n" {
		t.Errorf("it said %q, %v", line, err)
	}
	if _, err := Claim(folder); !errors.Is(err, ErrTaken) {
		t.Errorf("claimed while the program runs: %v", err)
	}
	if err := errors.Join(in.Close(), cmd.Wait()); err != nil {
		t.Error(err)
	}
	if release, err := Claim(folder); err != nil {
		t.Errorf("after its end: %v", err)
	} else {
		release()
	}
}

// Removers and users of a folder that is made again and again: none holds a lock on a folder that is gone.
func TestALockIsOnWhatIsThere(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "folder")
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 100 {
				if err := os.MkdirAll(folder, 0o700); err != nil {
					t.Error(err)
				}
				release, err := Mark(folder)
				if errors.Is(err, ErrTaken) || errors.Is(err, os.ErrNotExist) {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				if err := os.WriteFile(filepath.Join(folder, "used"), nil, 0o600); err != nil {
					t.Errorf("a folder in use was removed: %v", err)
				}
				release()
			}
		})
		all.Go(func() {
			for range 100 {
				if release, err := Claim(folder); err == nil {
					if err := Remove(folder, release); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
}

func TestASecondLockWaitsForTheFirst(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := Lock(t.Context(), path, func() { t.Error("the first waited") })
	if err != nil {
		t.Fatal(err)
	}
	waiting, done := make(chan bool), make(chan error)
	go func() {
		unlock, err := Lock(t.Context(), path, func() { close(waiting) })
		if err == nil {
			unlock()
		}
		done <- err
	}()
	<-waiting
	unlock()
	if err := <-done; err != nil {
		t.Errorf("the second: %v", err)
	}
}

func TestWaitingForALockCanBeStopped(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := Lock(t.Context(), path, func() {})
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := Lock(ctx, path, func() {}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want that the wait was ended", err)
	}
}

func TestOnlyAFolderOfOursIsPrivate(t *testing.T) {
	folder := t.TempDir()
	path := func(name string) string { return filepath.Join(folder, name) }
	for name, mode := range map[string]os.FileMode{"ours": 0o700, "listable": 0o755, "for all": 0o777, "for the group": 0o770, "another's": 0o700} {
		if err := errors.Join(os.Mkdir(path(name), 0o700), os.Chmod(path(name), mode)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Symlink("ours", path("link")), os.WriteFile(path("file"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{"ours": true, "listable": true, "for all": false, "for the group": false, "link": false, "file": false, "missing": false}
	if os.Geteuid() == 0 {
		if err := os.Chown(path("another's"), 12345, 12345); err != nil {
			t.Fatal(err)
		}
		want["another's"] = false
	}
	for name, want := range want {
		if got := Private(path(name)); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}
