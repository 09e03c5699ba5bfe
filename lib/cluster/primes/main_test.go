package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"multiprocessing/lib/cluster"
	"multiprocessing/lib/cluster/internal/command"
)

func run(ctx context.Context, args ...string) (code int, stdout, stderr string) {
	var out, errs strings.Builder
	code = command.Execute(ctx, "primes", primes, args, &out, &errs)
	return code, out.String(), errs.String()
}

func TestWorkersElsewhereFindThePrimes(t *testing.T) {
	nodes, err := cluster.StartNodes(t.Context(), 1)
	if err != nil {
		t.Skip(err)
	}
	defer nodes.Close()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- cluster.RunWorker(ctx, cluster.Config{URL: nodes.URL(), Token: nodes.Token(), Workers: 2})
	}()
	t.Setenv("NATS_TOKEN", nodes.Token())
	for _, job := range []string{"", "again"} {
		code, out, errs := run(ctx, "--url", nodes.URL(), "--job", job, "--first", "1", "--count", "10")
		if code != 0 || !strings.HasPrefix(out, "10 primes from 2 to 29, digest ") {
			t.Errorf("job %q: exit status %d, %q, %q", job, code, out, errs)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestWhatCannotWorkIsRefused(t *testing.T) {
	for _, args := range [][]string{{}, {"--url", "nats://127.0.0.1:1", "--count", "0"}, {"--url", "nats://127.0.0.1:1"},
		{"--url", "nats://127.0.0.1:1", "more"}, {"--url", "nats://192.0.2.1:4222", "--token", "x"}} {
		if code, out, errs := run(t.Context(), args...); code == 0 || out != "" || errs == "" {
			t.Errorf("%q: exit status %d, %q, %q", args, code, out, errs)
		}
	}
}

func TestItEndsWhenItIsToldTo(t *testing.T) {
	nodes, err := cluster.StartNodes(t.Context(), 1)
	if err != nil {
		t.Skip(err)
	}
	defer nodes.Close()
	ctx, stop := context.WithTimeout(t.Context(), 100*time.Millisecond) // nobody works
	defer stop()
	if code, _, errs := run(ctx, "--url", nodes.URL(), "--token", nodes.Token()); code != 1 || !strings.Contains(errs, "0 of 1000 items were done") {
		t.Errorf("exit status %d, %q", code, errs)
	}
}
