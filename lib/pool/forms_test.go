package pool_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"multiprocessing/lib/pool"
)

func TestMisuseOfTheOtherFormsPanicsWithAClearMessage(t *testing.T) {
	open, closed := pool.New(1), pool.New(1)
	defer open.Close()
	closed.Close()
	var none *pool.Pool
	var noContext context.Context
	atoi := func(_ context.Context, s string) (int, error) { return strconv.Atoi(s) }
	values := slices.Values(upTo(3))
	for want, misuse := range map[string]func(){
		"MapAsync: f must not be nil":                                                func() { pool.MapAsync[int, int](open, nil, nil) },
		"MapAsync: the pool must not be nil; make it with New":                       func() { pool.MapAsync(none, upTo(3), double) },
		"MapAsync: the pool is closed; call MapAsync before Close":                   func() { pool.MapAsync(closed, upTo(3), double) },
		"MapErr: g must not be nil":                                                  func() { pool.MapErr[int, int](background, open, nil, nil) },
		"MapErr: ctx must not be nil":                                                func() { pool.MapErr(noContext, open, []string{"1"}, atoi) },
		"MapErr: the pool is closed; call MapErr before Close":                       func() { pool.MapErr(background, closed, nil, atoi) },
		"Apply: f must not be nil":                                                   func() { pool.Apply[int, int](open, 1, nil) },
		"Apply: the pool is closed; call Apply before Close":                         func() { pool.Apply(closed, 1, double) },
		"ApplyAsync: f must not be nil":                                              func() { pool.ApplyAsync[int, int](open, 1, nil) },
		"ApplyAsync: the pool is closed; call ApplyAsync before Close":               func() { pool.ApplyAsync(closed, 1, double) },
		"Starmap: f must not be nil":                                                 func() { pool.Starmap[int, int, int](open, nil, nil) },
		"Starmap: the pool must not be nil":                                          func() { pool.Starmap(none, nil, math.Pow) },
		"Imap: f must not be nil":                                                    func() { pool.Imap[int, int](open, values, nil) },
		"Imap: items must not be nil; for a slice pass slices.Values(items)":         func() { pool.Imap(open, nil, double) },
		"Imap: the pool is closed; call Imap before Close":                           func() { _ = slices.Collect(pool.Imap(closed, values, double)) },
		"ImapUnordered: f must not be nil":                                           func() { pool.ImapUnordered[int, int](open, values, nil) },
		"ImapUnordered: items must not be nil; for a slice pass slices.Values(items": func() { pool.ImapUnordered(open, nil, double) },
		"ImapUnordered: the pool must not be nil":                                    func() { pool.ImapUnordered(none, values, double) },
		"Trace: into must not be nil":                                                func() { pool.Trace(nil) },
		"Get: ctx must not be nil":                                                   func() { pool.ApplyAsync(open, 1, double).Get(noContext) },
	} {
		if got := fmt.Sprint(mustPanic(t, misuse)); !strings.HasPrefix(got, "pool: "+want) {
			t.Errorf("panic value is %v, want %q", got, want)
		}
	}
}
