package exercise

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

type (
	server   = func(context.Context) (string, error)
	answerer func(ctx context.Context, servers []server) (string, error)
)

// FirstAnswer checks a function that asks all servers at the same time,
// returns the first answer and cancels the others. A server that fails has
// not answered: there is an error only if all fail, or if ctx ends. It returns
// when all servers have, and then every goroutine has ended.
func FirstAnswer(firstAnswer func(ctx context.Context, servers []func(context.Context) (string, error)) (string, error)) (verdict Verdict) {
	defer begin("FirstAnswer", firstAnswer == nil)(&verdict)
	return judge("the first answer wins, the other servers are canceled, and no goroutine is left.",
		named("a single server", func() string { return tryWinner(firstAnswer, 1, 0) }),
		named("the third of four servers answers", func() string { return tryWinner(firstAnswer, 4, 2) }),
		named("the first of three servers answers", func() string { return tryWinner(firstAnswer, 3, 0) }),
		named("failures come first", func() string { return tryFailureFirst(firstAnswer) }),
		named("every server fails", func() string { return tryAllFail(firstAnswer, 3) }),
		named("no server", func() string { return tryAllFail(firstAnswer, 0) }),
		named("the caller gives up", func() string { return tryCallerEnds(firstAnswer) }))
}

const anAnswer = "hello"

// race is one call of firstAnswer with servers of the check.
type race struct {
	asked *crowd       // the servers that were asked
	deaf  atomic.Int32 // 1 + the number of a server whose context did not end
}

func newRace(servers int) *race { return &race{asked: newCrowd(servers)} }

// server waits until all servers are asked, then does as it is told.
func (r *race) server(do server) server {
	return func(ctx context.Context) (string, error) {
		defer r.asked.leave()
		if r.asked.enter(); r.asked.together() < r.asked.expected {
			return "", errors.New("not all servers were asked")
		}
		return do(ctx)
	}
}

// farewell is how long a server takes to return when it is canceled, so that
// one sees who does not wait for it.
const farewell = 5 * time.Millisecond

// waiting is a server that only waits to be canceled, but not forever.
func (r *race) waiting(number int) server {
	return r.server(func(ctx context.Context) (string, error) {
		select {
		case <-ctx.Done():
			time.Sleep(farewell)
			return "", ctx.Err()
		case <-time.After(r.asked.patience):
			r.deaf.Store(int32(number) + 1)
			return "", errors.New("never canceled")
		}
	})
}

func (r *race) answering() server {
	return r.server(func(context.Context) (string, error) { return anAnswer, nil })
}

func (r *race) failing(number int) server {
	return r.server(func(context.Context) (string, error) { return "", fmt.Errorf("server %d failed", number) })
}

// slow is a server that answers later than others, unless it is canceled.
func (r *race) slow() server {
	return r.server(func(ctx context.Context) (string, error) {
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(20 * time.Millisecond):
			return anAnswer, nil
		}
	})
}

func firstAnswerOf(servers []server) string {
	return fmt.Sprintf("firstAnswer(ctx, %s)", some(len(servers), "server"))
}

// run makes the call and looks at what every call has to do. story is what
// happens in it.
func (r *race) run(firstAnswer answerer, ctx context.Context, servers []server, story string) (answer, problem string, err error) {
	call := firstAnswerOf(servers)
	before := goroutines()
	problem = attempt(call, func() { answer, err = firstAnswer(ctx, servers) })
	atWork := r.asked.now()
	left := leftBehind(before)
	switch together, deaf := r.asked.together(), int(r.deaf.Load()); {
	case problem != "":
		problem += ": " + story
	case together < len(servers):
		problem = fmt.Sprintf("%s asked %d of the servers at the same time, not all of them", call, together)
	case deaf > 0:
		problem = fmt.Sprintf("%s did not cancel server %d: %s", call, deaf-1, story)
	case left != "":
		problem = fmt.Sprintf("%s leaves %s behind, though all servers have ended: %s", call, left, story)
	case atWork > 0:
		problem = fmt.Sprintf("%s returned while %s had not: %s", call, some(atWork, "server"), story)
	}
	return answer, problem, err
}

// mustWin says what is wrong if the answer did not win.
func (r *race) mustWin(firstAnswer answerer, servers []server, story string) string {
	answer, problem, err := r.run(firstAnswer, context.Background(), servers, story)
	switch {
	case problem != "":
		return problem
	case err != nil:
		return fmt.Sprintf("%s gives the error %q: %s", firstAnswerOf(servers), firstLine(err), story)
	case answer != anAnswer:
		return fmt.Sprintf("%s is %q, not %q: %s", firstAnswerOf(servers), answer, anAnswer, story)
	}
	return ""
}

// mustFail says what is wrong if there is no error.
func (r *race) mustFail(firstAnswer answerer, ctx context.Context, servers []server, story string) string {
	answer, problem, err := r.run(firstAnswer, ctx, servers, story)
	if problem == "" && err == nil {
		return fmt.Sprintf("%s is %q without an error: %s", firstAnswerOf(servers), answer, story)
	}
	return problem
}

// tryWinner has one server answer and the others wait to be canceled.
func tryWinner(firstAnswer answerer, n, winner int) string {
	r := newRace(n)
	servers := make([]server, n)
	for i := range servers {
		servers[i] = r.waiting(i)
	}
	servers[winner] = r.answering()
	return r.mustWin(firstAnswer, servers, fmt.Sprintf("server %d answered first", winner))
}

func tryFailureFirst(firstAnswer answerer) string {
	r := newRace(3)
	return r.mustWin(firstAnswer, []server{r.failing(0), r.slow(), r.failing(2)}, "servers 0 and 2 failed, then server 1 was to answer")
}

func tryAllFail(firstAnswer answerer, n int) string {
	r := newRace(n)
	servers := make([]server, n)
	for i := range servers {
		servers[i] = r.failing(i)
	}
	story := "every server failed"
	if n == 0 {
		story = "there was nobody to answer"
	}
	return r.mustFail(firstAnswer, context.Background(), servers, story)
}

// tryCallerEnds cancels the caller's own context when all servers are asked.
func tryCallerEnds(firstAnswer answerer) string {
	r := newRace(2)
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-r.asked.complete
		cancel()
	}()
	defer r.asked.goOn()
	return r.mustFail(firstAnswer, ctx, []server{r.waiting(0), r.waiting(1)}, "the caller's context ended")
}
