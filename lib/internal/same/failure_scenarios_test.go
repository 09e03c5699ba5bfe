package same

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"multiprocessing/lib/pool"
)

// odd is the error of a task.
type odd struct{ item int }

func (o odd) Error() string { return fmt.Sprintf("%d is odd", o.item) }

var errSentinel = errors.New("the sentinel")

var (
	doubles = register("doubles", func(_ context.Context, n int) (int, error) { return 2 * n, nil })
	odds    = register("odd numbers over 30 fail", func(_ context.Context, n int) (int, error) {
		if n%2 == 1 && n > 30 {
			return 0, errors.Join(odd{n}, errSentinel)
		}
		return n, nil
	})
	unequal = register("lower items take longer", func(_ context.Context, n int) (int, error) {
		time.Sleep(time.Duration(50-n) * 100 * time.Microsecond)
		if n > 10 {
			return 0, odd{n}
		}
		return n, nil
	})
	deadline = register("its own deadline", func(ctx context.Context, n int) (int, error) {
		ctx, cancel := context.WithTimeout(ctx, time.Nanosecond)
		defer cancel()
		<-ctx.Done()
		return 0, ctx.Err()
	})
	untilCanceled = register("until it is canceled", func(ctx context.Context, n int) (int, error) {
		<-ctx.Done()
		return 0, fmt.Errorf("task %d: %w", n, ctx.Err())
	})
	panics = register("odd numbers from 3 panic, others fail", func(_ context.Context, n int) (int, error) {
		if n >= 3 && n%2 == 1 {
			panic(fmt.Sprint("boom ", n))
		}
		if n > 3 {
			return 0, odd{n}
		}
		return n, nil
	})
	failsFirst = register("3 fails, later ones panic", func(_ context.Context, n int) (int, error) {
		switch {
		case n == 3:
			return 0, odd{n}
		case n > 3:
			panic("boom")
		}
		return n, nil
	})
	panicsWithError = register("5 panics with an error", func(_ context.Context, n int) (int, error) {
		if n == 5 {
			panic(odd{n})
		}
		return n, nil
	})
	goexits = register("5 ends its goroutine", func(_ context.Context, n int) (int, error) {
		if n == 5 {
			runtime.Goexit()
		}
		return n, nil
	})
	nested = register("a Map in a task", func(ctx context.Context, n int) (int, error) {
		p := pool.New(2)
		defer p.Close()
		got, err := pool.MapErr(ctx, p, upTo(n+1), odds.run)
		if err != nil {
			return 0, err
		}
		return got[n], nil
	})
	dies = register("5 ends its process", func(_ context.Context, n int) (int, error) {
		if n == 5 {
			os.Exit(7)
		}
		return n, nil
	})
)
