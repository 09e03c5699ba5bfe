//go:build linux

package supervise

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The tests run this test binary again: as the supervisor, which must be a process of its own because it owns every
// process below it. The shell below it starts a grandchild in a session of its own, as JupyterLab starts kernels.
const (
	roleVariable = "SUPERVISE_TEST_ROLE"
	detached     = `setsid sleep 1000 & echo $!; `
)

func TestMain(m *testing.M) {
	if script := os.Getenv(roleVariable); script != "" {
		ctx, cancel := context.WithCancel(context.Background())
		go func() { // stopped by a line on standard input
			if bufio.NewScanner(os.Stdin).Scan() {
				cancel()
			}
		}()
		cmd := exec.Command("sh", "-c", script)
		cmd.Stdout = os.Stdout
		err := Run(ctx, cmd, 200*time.Millisecond)
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
		if p, found := processes()[pid]; !found || p.zombie {
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
	s := start(t, detached+"trap '' TERM; while :; do sleep 0.1; done")
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
		if _, found := processes()[s.grandchild]; !found {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("orphan %d is still there: %+v", s.grandchild, processes()[s.grandchild])
		}
	}
	s.say("stop")
	s.rest()
}

func TestACommandThatCannotStartIsAnError(t *testing.T) {
	if err := Run(t.Context(), exec.Command("/no/such/command"), time.Second); err == nil {
		t.Error("no error")
	}
}
