package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"multiprocessing/lib/process"
)

// refusal is an error that is known by its type.
type refusal struct{ N int }

func (r refusal) Error() string { return fmt.Sprint("refused ", r.N) }

var (
	refuses = process.RegisterErr("refuses", func(_ context.Context, n int) (int, error) {
		switch {
		case n%10 == 7:
			return 0, fmt.Errorf("task %d: %w", n, refusal{n})
		case n == 55:
			return 0, io.EOF
		case n == 66:
			panic(fs.ErrNotExist)
		}
		return n, nil
	})
	obeys = process.RegisterErr("obeys", func(ctx context.Context, path string) (string, error) {
		appendTo(path+".begun", "x")
		<-ctx.Done()
		appendTo(path+".stopped", "x")
		return "", ctx.Err()
	})
)

func TestTheErrorOfATaskIsFoundByIsAndAsWhereverTheTaskRan(t *testing.T) {
	for name, config := range map[string]Config{"goroutines": {Workers: 2}, "processes": {Processes: 2}} {
		t.Run(name, func(t *testing.T) {
			c := mustOpen(t, config)
			_, err := Map(t.Context(), c, upTo(100), refuses, ChunkSize(4))
			if r, ok := errors.AsType[refusal](err); !ok || r.N != 7 || err.Error() != "cluster: Map: item 7: task 7: refused 7" {
				t.Errorf("got %v", err)
			}
			if _, err := Map(t.Context(), c, []int{1, 2, 55}, refuses); !errors.Is(err, io.EOF) {
				t.Errorf("got %v", err)
			}
			_, err = Map(t.Context(), c, []int{1, 66}, refuses)
			if p, ok := errors.AsType[*PanicError](err); !ok || p.Item != 1 || !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func awaitMark(path string) {
	for {
		if _, err := os.Stat(path); err == nil {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func TestATaskStopsWhenItsMapDoes(t *testing.T) {
	c := mustOpen(t, Config{Processes: 1, ackWait: 200 * time.Millisecond})
	path := filepath.Join(t.TempDir(), "task")
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		awaitMark(path + ".begun")
		cancel()
	}()
	before := c.slots[0].process.Load().PID()
	if _, err := Map(ctx, c, []string{path}, obeys); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	awaitMark(path + ".stopped")
	wantDoubles(t, mustMap(t, c, upTo(10), double), 10)
	if after := c.slots[0].process.Load().PID(); after != before {
		t.Error("the process was replaced")
	}
}

// A worker also notices by itself that a chunk is not queued any more: with
// every sign of life but two, here after an hour.
func TestTasksStopWhenTheirJobIsCanceledOrDeleted(t *testing.T) {
	elsewhere := mustStartNodes(t, 1).config()
	elsewhere.Workers = 2
	for name, config := range map[string]Config{"goroutines": {Workers: 2}, "processes": {Processes: 2}, "a server elsewhere": elsewhere} {
		t.Run(name, func(t *testing.T) {
			config.ackWait = time.Hour
			c := mustOpen(t, config)
			run := func(stop func(cancel context.CancelFunc), opts ...Option) {
				path := filepath.Join(t.TempDir(), "task")
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				var caller sync.WaitGroup
				caller.Go(func() {
					if _, err := Map(ctx, c, []string{path}, obeys, opts...); !errors.Is(err, context.Canceled) {
						t.Errorf("got %v", err)
					}
				})
				awaitMark(path + ".begun")
				stop(cancel)
				awaitMark(path + ".stopped")
				cancel()
				caller.Wait()
			}
			run(func(cancel context.CancelFunc) { cancel() })
			run(func(context.CancelFunc) {
				if err := c.DeleteJob(t.Context(), "named"); err != nil {
					t.Error(err)
				}
			}, Job("named"))
			wantDoubles(t, mustMap(t, c, upTo(10), double), 10)
		})
	}
}

func TestATaskThatObeysItsContextIsNotLeftBehindAfterItsTimeout(t *testing.T) {
	c := mustOpen(t, Config{Processes: 1})
	path := filepath.Join(t.TempDir(), "task")
	before := c.slots[0].process.Load().PID()
	_, err := Map(t.Context(), c, []string{path}, obeys, ChunkTimeout(20*time.Millisecond), MaxAttempts(2))
	if lost, ok := errors.AsType[*LostError](err); !ok || lost.Chunks[0].Attempts != 2 {
		t.Errorf("got %v", err)
	}
	if stopped, err := os.ReadFile(path + ".stopped"); err != nil || len(stopped) != 2 {
		t.Errorf("it stopped %d times, %v", len(stopped), err)
	}
	if after := c.slots[0].process.Load().PID(); after != before {
		t.Error("the process was replaced")
	}
}
