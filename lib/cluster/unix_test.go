//go:build unix

package cluster

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"multiprocessing/lib/internal/tempfolder"
)

func TestAWorkerThatStandsStillLosesItsChunkAndWhenItComesBackNothingChanges(t *testing.T) {
	c := mustOpen(t, Config{Processes: 2, ackWait: 300 * time.Millisecond})
	dir := t.TempDir()
	stopped := c.slots[0].process.Load().PID()
	items := make([]marked, 40)
	for i := range items {
		items[i] = marked{int(10 * time.Millisecond), filepath.Join(dir, strconv.Itoa(i))}
	}
	counted := 0
	got := mustMap(t, c, items, naps, ChunkSize(1), Progress(func(done, _ int) {
		counted = done
		switch done {
		case 4:
			syscall.Kill(stopped, syscall.SIGSTOP)
		case 39: // only its chunk is left, and was given to the other
			syscall.Kill(stopped, syscall.SIGCONT)
		}
	}))
	syscall.Kill(stopped, syscall.SIGCONT)
	if len(got) != 40 || counted != 40 {
		t.Errorf("got %d results, %d counted", len(got), counted)
	}
	wantDoubles(t, mustMap(t, c, upTo(50), double, ChunkSize(1)), 50)
}

// startWorker starts command worker for these servers, and waits until it is
// ready.
func startWorker(t *testing.T, nodes *Nodes, args ...string) (*exec.Cmd, *output) {
	t.Helper()
	return startWorkerAt(t, nodes.URL(), nodes.Token(), args...)
}

func startWorkerAt(t *testing.T, url, token string, args ...string) (*exec.Cmd, *output) {
	t.Helper()
	path, err := builtWorker()
	if err != nil {
		t.Skip("cannot build the worker: ", err)
	}
	cmd, out := exec.Command(path, append([]string{"--url", url}, args...)...), &output{}
	cmd.Dir, cmd.Env = t.TempDir(), append(os.Environ(), "NATS_TOKEN="+token)
	cmd.Stderr = out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	for !strings.Contains(out.String(), "cluster: working") && strings.Count(out.String(), "\n") == 0 {
		time.Sleep(time.Millisecond)
	}
	return cmd, out
}

func TestCommandWorkerRefusesATaskThatItDoesNotHaveAndNamesThoseItHas(t *testing.T) {
	nodes := mustStartNodes(t, 1)
	c := mustOpen(t, nodes.config())
	startWorker(t, nodes, "--workers", "1")
	_, err := Map(t.Context(), c, upTo(10), double)
	var refusal *RefusedError
	if !errors.As(err, &refusal) || refusal.Task != "double" {
		t.Fatalf("got %v", err)
	}
	for _, want := range []string{`refuses task "double"`, `it has no such task`, `"primes.Nth"`, `"montecarlo.Block.Hits"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got %q, want it to contain %s", err, want)
		}
	}
	if strings.Contains(err.Error(), "be a node") {
		t.Errorf("it names a task of its own: %v", err)
	}
}

func TestCommandWorkerRefusesOtherCodeForATaskAndNamesBoth(t *testing.T) {
	nodes := mustStartNodes(t, 1)
	c := mustOpen(t, nodes.config())
	startWorker(t, nodes, "--workers", "1")
	_, err := Map(t.Context(), c, []int{1, 2}, otherNth) // "primes.NthCountingOne", but a function of this program
	var refusal *RefusedError
	if !errors.As(err, &refusal) || !strings.Contains(err.Error(), "multiprocessing/lib/primes.NthCountingOne of int to int") || !strings.Contains(err.Error(), "here it is program ") {
		t.Fatalf("got %v", err)
	}
}

func TestAServerThatListensHandsOutTasksThatAreTheSameThereOnly(t *testing.T) {
	config := Config{Listen: freeAddress(t), Token: "right"}
	c := mustOpen(t, config)
	startWorkerAt(t, "nats://"+config.Listen, config.Token, "--workers", "1")
	if got := mustMap(t, c, []int{1, 2, 3}, nthOfLib); !slices.Equal(got, []int{2, 3, 5}) {
		t.Errorf("got %v", got)
	}
	if _, err := Map(t.Context(), c, []int{1}, otherNth); err == nil || !strings.Contains(err.Error(), "here it is program ") {
		t.Errorf("got %v", err)
	}
}

func TestCommandWorkerTakesCredentialsAndSaysWhatIsWrongWithThem(t *testing.T) {
	o := startOperated(t)
	account, _ := o.account(t, allStorage, nil)
	c := mustOpen(t, Config{URL: o.url, Credentials: credentials(t, account, time.Time{})})
	_, out := startWorkerAt(t, o.url, "", "--creds", credentials(t, account, time.Time{}), "--workers", "1")
	if got := mustMap(t, c, []int{1, 2, 3}, nthOfLib); !slices.Equal(got, []int{2, 3, 5}) {
		t.Errorf("got %v; the worker wrote %s", got, out)
	}
	expired := credentials(t, account, time.Now().Add(-time.Hour))
	cmd, out := startWorkerAt(t, o.url, "", "--creds", expired)
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(out.String(), "look at the credentials in "+expired) {
		t.Errorf("%v, it wrote %s", err, out)
	}
}

func TestCommandWorkerRunsTheTasksOfLibAndEndsWithStatusZeroWhenAsked(t *testing.T) {
	nodes := mustStartNodes(t, 1)
	c := mustOpen(t, nodes.config())
	cmd, out := startWorker(t, nodes, "--workers", "2")
	if got := mustMap(t, c, []int{0, 1, 2, 3, 25}, isPrime, ChunkSize(1)); !slices.Equal(got, []bool{false, false, true, true, false}) {
		t.Errorf("got %v", got)
	}
	cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v:\n%s", err, out)
	}
	if !strings.Contains(out.String(), `"chunks returned"=0 "messages rejected"=0`) {
		t.Errorf("it wrote %s", out)
	}
}

func TestAWorkerThatIsToldToEndGivesBackTheChunkThatItCannotFinishInTime(t *testing.T) {
	nodes := mustStartNodes(t, 1)
	c := mustOpen(t, nodes.config())
	ctx, cancel := context.WithCancel(t.Context())
	var caller sync.WaitGroup
	caller.Go(func() {
		const endless = 1 << 40 // no worker finishes it, however busy this test's own goroutines find the machine
		if _, err := Map(ctx, c, []int{endless}, nthOfLib); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
	defer caller.Wait()
	defer cancel()
	works := func() {
		for working := false; !working; time.Sleep(time.Millisecond) {
			ask, err := c.raw(t).Consumer(ctx, workStream, LibQueue)
			working = err == nil && ask.CachedInfo().NumAckPending == 1
		}
	}
	first, out := startWorker(t, nodes, "--workers", "1", "--grace", "50ms")
	works()
	first.Process.Signal(syscall.SIGTERM)
	if err := first.Wait(); err != nil || !strings.Contains(out.String(), `"chunks returned"=1`) {
		t.Errorf("%v:\n%s", err, out)
	}
	startWorker(t, nodes, "--workers", "1")
	works()
}

func TestCommandWorkerEndsWithStatusOneIfItCannotWork(t *testing.T) {
	nodes := mustStartNodes(t, 1)
	for want, args := range map[string][]string{
		"--url is needed":            {},
		"look at the token":          {"--url", nodes.URL(), "--token", "wrong"},
		"is a server running there?": {"--url", "nats://127.0.0.1:1"},
		"want nats://host:port":      {"--url", "http://127.0.0.1:1"},
		"got Workers -1":             {"--url", nodes.URL(), "--workers", "-1"},
		"must not be below 0":        {"--url", nodes.URL(), "--grace", "-1s"},
		"got Workers 100000":         {"--url", nodes.URL(), "--workers", "100000"},
		`unknown argument "more"`:    {"--url", nodes.URL(), "more"},
	} {
		path, err := builtWorker()
		if err != nil {
			t.Skip(err)
		}
		out, err := exec.Command(path, args...).CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(string(out), want) || !strings.HasPrefix(string(out), "worker: ") || bytes.Count(out, []byte("\n")) != 1 {
			t.Errorf("%v: %v, it wrote %q, want %q", args, err, out, want)
		}
	}
}

func TestAJobWaitsForWorkersThatComeLater(t *testing.T) {
	nodes := mustStartNodes(t, 1)
	config := nodes.config()
	config.ackWait = 100 * time.Millisecond
	c := mustOpen(t, config)
	ctx, cancel := context.WithTimeout(t.Context(), 400*time.Millisecond)
	defer cancel()
	if _, err := Map(ctx, c, []int{1}, nthOfLib); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	var caller sync.WaitGroup
	caller.Go(func() {
		if got := mustMap(t, c, []int{1, 2, 3}, nthOfLib); !slices.Equal(got, []int{2, 3, 5}) {
			t.Errorf("got %v", got)
		}
	})
	startWorker(t, nodes)
	caller.Wait()
}

func TestAFolderOfAProgramThatWasKilledIsRemovedByTheNext(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	old := time.Now().Add(-time.Hour)
	left := filepath.Join(os.TempDir(), folderPrefix+"left")
	if err := os.MkdirAll(filepath.Join(left, "jetstream"), 0o700); err != nil {
		t.Fatal(err)
	}
	used, err := tempfolder.New(folderPrefix)
	if err != nil {
		t.Fatal(err)
	}
	defer used.Remove()
	others, ours := filepath.Join(os.TempDir(), folderPrefix+"others"), t.TempDir() // another user's link to a folder of ours
	if err := errors.Join(os.WriteFile(filepath.Join(ours, "file"), nil, 0o600), os.Symlink(ours, others)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{left, used.Path, ours} {
		os.Chtimes(path, old, old)
	}
	c := mustOpen(t, Config{Workers: 1})
	if _, err := os.Stat(left); err == nil {
		t.Error("what was left is still there")
	}
	if _, err := os.Stat(used.Path); err != nil {
		t.Error("a folder that is in use was removed")
	}
	if names, err := os.ReadDir(ours); err != nil || len(names) != 1 || names[0].Name() != "file" {
		t.Errorf("through the link there are now %v, %v", names, err)
	}
	if info, err := os.Stat(c.server.folder.Path); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("its own folder: %v, %v", info, err)
	}
}
