package guard

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The tests run this test binary again: as the supervisor, which must be a process of its own because it owns every
// process below it. The shell below it starts a grandchild in a session of its own, as JupyterLab starts kernels.
const (
	roleVariable    = "SUPERVISE_TEST_ROLE"
	starterVariable = "SUPERVISE_TEST_STARTS" // a folder
	detached        = `setsid sleep 1000 & echo $!; `
)

func TestMain(m *testing.M) {
	if status, isGuard := Main(os.Args[1:]); isGuard {
		os.Exit(status)
	}
	if os.Getenv(starterVariable) != "" {
		_ = Guard{Folder: os.Getenv(starterVariable)}.Run(context.Background(), said("sh", "-c", detached+"exec sleep 1000"))
		os.Exit(0)
	}
	if script := os.Getenv(roleVariable); script != "" {
		ctx, cancel := context.WithCancel(context.Background())
		go func() { // stopped by a line on standard input
			if bufio.NewScanner(os.Stdin).Scan() {
				cancel()
			}
		}()
		cmd := exec.Command("sh", "-c", script)
		cmd.Stdout = os.Stdout
		err := supervise(ctx, cmd, 200*time.Millisecond)
		fmt.Println("ended:", err)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// supervisor is a supervisor that runs script, and the first process that the script said it started.
type supervisor struct {
	*exec.Cmd
	grandchild int
	say        func(string)
	rest       func() string
}

func start(t *testing.T, script string) supervisor {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), roleVariable+"="+script)
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
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatal("the script said nothing")
	}
	pid, err := strconv.Atoi(lines.Text())
	if err != nil {
		t.Fatal(err)
	}
	return supervisor{cmd, pid,
		func(line string) { fmt.Fprintln(in, line) },
		func() string {
			var rest []string
			for lines.Scan() {
				rest = append(rest, lines.Text())
			}
			return strings.Join(rest, "\n")
		}}
}

// gone waits until pid runs no more.
func gone(t *testing.T, pid int) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err != nil || strings.Contains(string(stat), ") Z ") {
			return
		}
	}
	_ = syscall.Kill(pid, syscall.SIGKILL)
	t.Errorf("process %d is still running", pid)
}

func TestNothingIsLeftWhenTheCommandEndsByItself(t *testing.T) {
	s := start(t, detached+"exit 3")
	if rest := s.rest(); rest != "ended: exit status 3" {
		t.Errorf("got %q, want the command's own exit status", rest)
	}
	gone(t, s.grandchild)
}

func TestNothingIsLeftWhenItIsStopped(t *testing.T) {
	s := start(t, detached+"wait")
	s.say("stop")
	if rest := s.rest(); rest != "ended: signal: terminated" {
		t.Errorf("got %q, want that it was terminated", rest)
	}
	gone(t, s.grandchild)
}

func TestACommandThatDoesNotStopIsKilled(t *testing.T) {
	s := start(t, "trap '' TERM; "+detached+"while :; do sleep 0.1; done")
	s.say("stop")
	if rest := s.rest(); rest != "ended: signal: killed" {
		t.Errorf("got %q, want that it was killed", rest)
	}
	gone(t, s.grandchild)
}

func TestTheCommandIsToldWhenTheSupervisorIsKilled(t *testing.T) {
	s := start(t, "echo $$; exec sleep 1000")
	if err := s.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	gone(t, s.grandchild)
}

func TestOrphansThatEndAreNoZombies(t *testing.T) {
	s := start(t, "sh -c 'sleep 0.01 & echo $!'; sleep 1000")
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.grandchild))
		if err != nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("orphan %d is still there: %s", s.grandchild, stat)
		}
	}
	s.say("stop")
	s.rest()
}

func TestACommandThatCannotStartIsAnError(t *testing.T) {
	if err := supervise(t.Context(), exec.Command("/no/such/command"), time.Second); err == nil {
		t.Error("no error")
	}
}

// said is a command that prints to this process's standard output.
func said(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Stdout = os.Stdout
	return cmd
}

func TestAGuardPassesOnTheExitStatusAndTheFolder(t *testing.T) {
	cmd := exec.Command("sh", "-c", `echo "$PWD" "$WORD" >said; exit 3`)
	cmd.Dir, cmd.Env = t.TempDir(), append(os.Environ(), "WORD=word")
	if err := (Guard{Grace: time.Second}).Run(t.Context(), cmd); err == nil || err.Error() != "exit status 3" {
		t.Errorf("the error is %v", err)
	}
	if content, err := os.ReadFile(filepath.Join(cmd.Dir, "said")); string(content) != cmd.Dir+" word\n" {
		t.Errorf("it said %q, %v", content, err)
	}
}

func TestNothingIsLeftWhenTheStarterOfAGuardIsKilled(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "removed")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), starterVariable+"="+folder)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Scan()
	pid, err := strconv.Atoi(lines.Text())
	if err != nil {
		t.Fatal(err)
	}
	_ = cmd.Process.Kill()
	for lines.Scan() { // until no process holds the pipe
	}
	_ = cmd.Wait()
	gone(t, pid)
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Errorf("the folder is still there: %v", err)
	}
}
