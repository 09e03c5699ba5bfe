//go:build unix

package process

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
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// scribblesEarly, in the environment, has workers write to the connection
// before they are ready.
const scribblesEarly = "PROCESS_TEST_SCRIBBLES"

func scribbleEarly() bool {
	if os.Getenv(scribblesEarly) == "" {
		return false
	}
	_, err := syscall.Write(repliesFile, []byte("what a package must never write here"))
	return err == nil
}

var (
	_      = scribbleEarly()
	killed = Register("killed", func(signal int) int {
		syscall.Kill(os.Getpid(), syscall.Signal(signal))
		select {}
	})
	signals = Register("signals", func(signal int) int {
		syscall.Kill(os.Getpid(), syscall.Signal(signal))
		time.Sleep(10 * time.Millisecond)
		return signal
	})
	children = Register("children", func(seconds string) int {
		cmd := exec.Command("sleep", seconds)
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		if err := cmd.Start(); err != nil {
			panic(err)
		}
		fmt.Println(cmd.Process.Pid)
		os.Exit(7)
		return 0
	})
	scribbles = Register("scribbles", func(int) int {
		syscall.Write(repliesFile, []byte("what a task must never write here"))
		select {}
	})
	spins = Register("spins", func(n int) int {
		for i := 0; ; i++ {
			n += i
		}
	})
)

// state is a process's state on Linux: "R", "S", "T", "Z"; elsewhere "".
func state(pid int) string {
	stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, fields, found := strings.Cut(string(stat), ") ")
	if !found {
		return ""
	}
	return fields[:1]
}

// alive reports whether a process runs; one that has ended but was not
// waited for by its parent does not.
func alive(pid int) bool { return syscall.Kill(pid, 0) == nil && state(pid) != "Z" }

// awaitEnd waits until the process has ended.
func awaitEnd(t *testing.T, pid int) {
	t.Helper()
	for range 3000 {
		if !alive(pid) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("process %d lives on", pid)
	syscall.Kill(pid, syscall.SIGKILL)
}

func TestAWorkerThatIsKilledGivesAnErrorThatNamesTheSignal(t *testing.T) {
	p := mustPool(t, 2)
	_, err := Map(t.Context(), p, []int{int(syscall.SIGKILL)}, killed)
	var crash *CrashError
	if !errors.As(err, &crash) || crash.Status != "signal: killed" || !strings.Contains(err.Error(), "wrote nothing to stderr") {
		t.Errorf("got %v", err)
	}
	wantDoubles(t, mustMap(t, p, upTo(100), double), 100)
}

func TestAWorkerThatDiesIdleIsReplaced(t *testing.T) {
	p := mustPool(t, 2)
	for _, w := range workers(p) {
		syscall.Kill(w.pid(), syscall.SIGKILL)
		<-w.exited
	}
	wantDoubles(t, mustMap(t, p, upTo(100), double), 100)
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

func TestCloseTellsOfAWorkerThatDiedUnseen(t *testing.T) {
	p := mustPool(t, 2)
	w := workers(p)[0]
	syscall.Kill(w.pid(), syscall.SIGKILL)
	<-w.exited
	if err := p.Close(); err == nil || !strings.Contains(err.Error(), "signal: killed") {
		t.Errorf("got %v", err)
	}
}

func TestAStoppedWorkerDoesNotHoldUpClose(t *testing.T) {
	p := mustPool(t, 1)
	w := workers(p)[0]
	w.grace = 10 * time.Millisecond
	syscall.Kill(w.pid(), syscall.SIGSTOP)
	for runtime.GOOS == "linux" && state(w.pid()) != "T" {
		time.Sleep(time.Millisecond)
	}
	if err := p.Close(); err == nil || !strings.Contains(err.Error(), "signal: killed") {
		t.Errorf("got %v", err)
	}
}

func TestCtrlCDoesNotEndAWorker(t *testing.T) {
	p := mustPool(t, 1)
	if got := mustMap(t, p, []int{int(syscall.SIGINT)}, signals); got[0] != int(syscall.SIGINT) {
		t.Errorf("got %v", got)
	}
}

func TestProgramsThatATaskLeavesBehindHoldUpNothing(t *testing.T) {
	p := mustPool(t, 1)
	var out strings.Builder
	p.stdout.w = &out
	_, err := Map(t.Context(), p, []string{"1000"}, children)
	var crash *CrashError
	if !errors.As(err, &crash) || crash.Status != "exit status 7" {
		t.Errorf("got %v", err)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(out.String(), "worker 1: ")))
	if err != nil {
		t.Fatalf("stdout was %q", out.String())
	}
	syscall.Kill(pid, syscall.SIGKILL)
}

func TestATaskThatWritesOnTheConnectionIsAnError(t *testing.T) {
	p := mustPool(t, 1)
	_, err := Map(t.Context(), p, []int{1}, scribbles)
	var crash *CrashError
	if !errors.As(err, &crash) || !strings.Contains(err.Error(), "connection was broken") {
		t.Errorf("got %v", err)
	}
	wantDoubles(t, mustMap(t, p, upTo(10), double), 10)
}

func TestAWorkerThatWritesOnTheConnectionBeforeItIsReadyIsAnError(t *testing.T) {
	t.Setenv(scribblesEarly, "1")
	_, err := mustStart(t, New(double, 1)).Join(t.Context())
	var crash *CrashError
	if !errors.As(err, &crash) || !strings.Contains(err.Error(), "connection was broken: invalid message header 77 68 61 74") || !strings.Contains(err.Error(), `before it could run task "double"`) {
		t.Errorf("a process: %v", err)
	}
	if _, err := NewPool(t.Context(), 1); err == nil || !strings.Contains(err.Error(), "connection was broken: invalid message header 77 68 61 74") {
		t.Errorf("a pool: %v", err)
	}
}

func TestNoProcessOutlivesClose(t *testing.T) {
	p := mustPool(t, 4)
	all := workers(p)
	mustMap(t, p, upTo(100), double)
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	for _, w := range all {
		if err := syscall.Kill(w.pid(), 0); err != syscall.ESRCH {
			t.Errorf("worker %d is still there, at least as a zombie: %v", w.pid(), err)
		}
	}
}

// playParent is the program that the tests below end in different ways.
func playParent(mode string) {
	ctx := context.Background()
	if mode == "processes" {
		a, b := New(spins, 1), New(spins, 2)
		if err := errors.Join(a.Start(ctx), b.Start(ctx)); err != nil {
			panic(err)
		}
		fmt.Println(a.PID(), b.PID())
		select {}
	}
	p, err := NewPool(ctx, 2)
	if err != nil {
		panic(err)
	}
	if mode == "deleted" {
		if err := os.Remove(os.Args[0]); err != nil {
			panic(err)
		}
		Map(ctx, p, upTo(1), leaves) // its successor is started from the deleted file
		got, err := Map(ctx, p, upTo(3), double)
		fmt.Println(got, err)
		return
	}
	all := workers(p)
	if mode == "busy" {
		go Map(ctx, p, upTo(2), spins)
	}
	fmt.Println(all[0].pid(), all[1].pid())
	switch mode {
	case "exits":
		os.Exit(0)
	case "panics":
		panic("parent")
	}
	select {}
}

// startParent starts this test program again as a parent, and returns the
// process ids of its workers.
func startParent(t *testing.T, mode string) (*exec.Cmd, []int) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), parentMode+"="+mode)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var a, b int
	if _, err := fmt.Fscan(bufio.NewReader(out), &a, &b); err != nil {
		t.Errorf("the parent did not say who its workers are: %v", err)
	}
	go io.Copy(io.Discard, out)
	return cmd, []int{a, b}
}

func TestWorkersEndWithTheirParentHoweverItEnds(t *testing.T) {
	for _, c := range []struct {
		mode   string
		signal syscall.Signal
	}{
		{"idle", syscall.SIGKILL},
		{"busy", syscall.SIGKILL},
		{"idle", syscall.SIGINT},
		{"busy", syscall.SIGINT},
		{"busy", syscall.SIGTERM},
		{"processes", syscall.SIGKILL},
		{"processes", syscall.SIGINT},
		{"exits", 0},
		{"panics", 0},
	} {
		t.Run(fmt.Sprintf("%s %v", c.mode, c.signal), func(t *testing.T) {
			parent, workers := startParent(t, c.mode)
			if c.signal != 0 {
				parent.Process.Signal(c.signal)
			}
			parent.Wait()
			for _, pid := range workers {
				awaitEnd(t, pid)
			}
		})
	}
}

func TestCtrlCInATerminalLeavesNothingBehind(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), parentMode+"=busy")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var a, b int
	fmt.Fscan(bufio.NewReader(out), &a, &b)
	syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) // the whole group, as a terminal does
	cmd.Wait()
	awaitEnd(t, a)
	awaitEnd(t, b)
}

func TestAProgramThatWasDeletedCanStillStartWorkers(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs /proc/self/exe")
	}
	program, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(path, program, 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path)
	cmd.Env = append(os.Environ(), parentMode+"=deleted")
	if out, err := cmd.CombinedOutput(); err != nil || string(out) != "[0 2 4] <nil>\n" {
		t.Errorf("%s, %v", out, err)
	}
}

func TestTerminateEndsABusyProcessWithMinusItsSignal(t *testing.T) {
	gate := filepath.Join(t.TempDir(), "gate")
	p := mustStart(t, New(gates, gate))
	awaitFile(gate + ".begun")
	p.Terminate()
	_, err := p.Join(t.Context())
	var crash *CrashError
	if !errors.As(err, &crash) || crash.Status != "signal: terminated" {
		t.Errorf("got %v", err)
	}
	if code, ended := p.ExitCode(); code != -15 || !ended {
		t.Errorf("exit code %v, %v", code, ended)
	}
	p.Terminate() // harmless
}

func TestAProcessThatIsTerminatedBeforeItIsReadyHasCrashed(t *testing.T) {
	for range 5 {
		p := mustStart(t, New(double, 1))
		p.Terminate()
		_, err := p.Join(t.Context())
		if err == nil { // it may have been quicker
			continue
		}
		var crash *CrashError
		if !errors.As(err, &crash) || crash.Status != "signal: terminated" {
			t.Errorf("got %v", err)
		}
		if code, ended := p.ExitCode(); code != -15 || !ended {
			t.Errorf("exit code %v, %v", code, ended)
		}
	}
}
