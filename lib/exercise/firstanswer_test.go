package exercise

import (
	"context"
	"errors"
	"sync"
	"testing"

	"golang.org/x/sync/errgroup"
)

type reply struct {
	answer string
	err    error
}

// firstStarter asks one server after the other.
func firstStarter(ctx context.Context, servers []func(context.Context) (string, error)) (string, error) {
	err := errors.New("no server")
	for _, server := range servers {
		var answer string
		if answer, err = server(ctx); err == nil {
			return answer, nil
		}
	}
	return "", err
}

func firstSolution(ctx context.Context, servers []func(context.Context) (string, error)) (string, error) {
	ctx, cancel := context.WithCancel(ctx)
	servers, wait := awaited(servers)
	defer wait()
	defer cancel() // which runs first
	return firstOf(ctx, servers, make(chan reply, len(servers)))
}

// awaited returns the servers, and what waits until all of them have returned.
func awaited(servers []func(context.Context) (string, error)) (list []func(context.Context) (string, error), wait func()) {
	var asked sync.WaitGroup
	asked.Add(len(servers))
	for _, server := range servers {
		list = append(list, func(ctx context.Context) (string, error) {
			defer asked.Done()
			return server(ctx)
		})
	}
	return list, asked.Wait
}

// firstHasty cancels the others, and does not wait for them.
func firstHasty(ctx context.Context, servers []func(context.Context) (string, error)) (string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	return firstOf(ctx, servers, make(chan reply, len(servers)))
}

// firstOf returns the first answer that comes through replies.
func firstOf(ctx context.Context, servers []func(context.Context) (string, error), replies chan reply) (string, error) {
	for _, server := range servers {
		go func() {
			answer, err := server(ctx)
			replies <- reply{answer, err}
		}()
	}
	err := errors.New("no server")
	for range servers {
		r := <-replies
		if r.err == nil {
			return r.answer, nil
		}
		err = r.err
	}
	return "", err
}

// firstLeaks has nobody to take the later replies.
func firstLeaks(ctx context.Context, servers []func(context.Context) (string, error)) (string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	return firstOf(ctx, servers, make(chan reply))
}

// firstUncanceled lets the others work on.
func firstUncanceled(ctx context.Context, servers []func(context.Context) (string, error)) (string, error) {
	return firstOf(ctx, servers, make(chan reply, len(servers)))
}

// firstOrphan does not tell the servers when the caller's context ends.
func firstOrphan(ctx context.Context, servers []func(context.Context) (string, error)) (string, error) {
	return firstSolution(context.Background(), servers)
}

// firstReply takes a failure for an answer.
func firstReply(ctx context.Context, servers []func(context.Context) (string, error)) (string, error) {
	ctx, cancel := context.WithCancel(ctx)
	servers, wait := awaited(servers)
	defer wait()
	defer cancel()
	replies := make(chan reply, len(servers))
	for _, server := range servers {
		go func() {
			answer, err := server(ctx)
			replies <- reply{answer, err}
		}()
	}
	r := <-replies
	return r.answer, r.err
}

// firstGroup cancels all when one fails.
func firstGroup(ctx context.Context, servers []func(context.Context) (string, error)) (string, error) {
	group, ctx := errgroup.WithContext(ctx)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	answers := make(chan string, len(servers))
	for _, server := range servers {
		group.Go(func() error {
			answer, err := server(ctx)
			if err == nil {
				answers <- answer
				cancel()
			}
			return err
		})
	}
	err := group.Wait()
	select {
	case answer := <-answers:
		return answer, nil
	default:
		return "", err
	}
}

// firstForgetsErrors has no error when all fail.
func firstForgetsErrors(ctx context.Context, servers []func(context.Context) (string, error)) (string, error) {
	answer, _ := firstSolution(ctx, servers)
	return answer, nil
}

func TestFirstAnswer(t *testing.T) {
	solution(t, func() Verdict { return FirstAnswer(firstSolution) })
	hurried(t)
	for _, w := range []wrong{
		{"starter", func() Verdict { return FirstAnswer(firstStarter) }, []string{"firstAnswer(ctx, 4 servers) asked 1 of the servers at the same time, not all of them"}},
		{"later replies wait", func() Verdict { return FirstAnswer(firstLeaks) }, []string{"firstAnswer(ctx, 4 servers) leaves 3 goroutines (3 in \"chan send\") behind, though all servers have ended: server 2 answered first"}},
		{"not canceled", func() Verdict { return FirstAnswer(firstUncanceled) }, []string{"firstAnswer(ctx, 4 servers) did not cancel server ", ": server 2 answered first"}},
		{"the caller's context is ignored", func() Verdict { return FirstAnswer(firstOrphan) }, []string{"firstAnswer(ctx, 2 servers) did not cancel server ", ": the caller's context ended"}},
		{"the first reply", func() Verdict { return FirstAnswer(firstReply) }, []string{"firstAnswer(ctx, 3 servers) gives the error \"server ", "servers 0 and 2 failed, then server 1 was to answer"}},
		{"an error cancels all", func() Verdict { return FirstAnswer(firstGroup) }, []string{"firstAnswer(ctx, 3 servers) gives the error \"server ", "servers 0 and 2 failed, then server 1 was to answer"}},
		{"the others are not awaited", func() Verdict { return FirstAnswer(firstHasty) }, []string{"firstAnswer(ctx, 4 servers) returned while 3 servers had not: server 2 answered first"}},
		{"no error", func() Verdict { return FirstAnswer(firstForgetsErrors) }, []string{`firstAnswer(ctx, 3 servers) is "" without an error: every server failed`}},
		{"a panic", func() Verdict {
			return FirstAnswer(func(context.Context, []func(context.Context) (string, error)) (string, error) { panic("not yet") })
		}, []string{"firstAnswer(ctx, 1 server) panics: not yet"}},
	} {
		w.run(t)
	}
}
