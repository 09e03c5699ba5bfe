//go:build unix

package process_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"multiprocessing/lib/primes"
	"multiprocessing/lib/process"
)

// Tasks are registered in package-level vars, so that workers know them.
var (
	nth    = process.Register("nth prime", primes.Nth)
	divide = process.Register("divide", func(n int) int { return 100 / n })
	exit   = process.Register("exit", func(status int) int { os.Exit(status); return 0 })
	power  = process.Register("to the power", process.Unwrap(math.Pow))
	greet  = process.Register("greet", func(name string) string { return "hello " + name })
	parse  = process.RegisterErr("parse", func(_ context.Context, s string) (int, error) { return strconv.Atoi(s) })

	dieOnce = process.RegisterErr("die once", func(_ context.Context, path string) (string, error) {
		if _, err := os.Stat(path); err == nil {
			return "the second attempt", nil
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			return "", err
		}
		os.Exit(1)
		return "", nil
	})
)

func ExampleMap() {
	ctx := context.Background()
	p, err := process.NewPool(ctx, 4)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	fmt.Println(process.Map(ctx, p, []int{20000, 20001, 20002, 20003}, nth))
	// Output: [224737 224743 224759 224771] <nil>
}

func ExampleRegister() {
	ctx := context.Background()
	p, err := process.NewPool(ctx, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	fmt.Println(process.Map(ctx, p, []string{"Ada", "Grace"}, greet))
	// Output: [hello Ada hello Grace] <nil>
}

func ExamplePanicError() {
	ctx := context.Background()
	p, err := process.NewPool(ctx, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	_, err = process.Map(ctx, p, []int{5, 2, 0, 1}, divide)
	var panicked *process.PanicError
	if errors.As(err, &panicked) {
		fmt.Printf("item %d: %s\n", panicked.Item, panicked.Value)
	}
	// Output: item 2: runtime error: integer divide by zero
}

func ExampleProcess() {
	ctx := context.Background()
	p := process.New(nth, 20000)
	if err := p.Start(ctx); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Join(ctx))
	fmt.Println(p.ExitCode())
	// Output:
	// 224737 <nil>
	// 0 true
}

func ExampleMapAsync() {
	ctx := context.Background()
	p, err := process.NewPool(ctx, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	result := process.MapAsync(ctx, p, []int{1, 2, 3}, nth)
	fmt.Println("meanwhile")
	fmt.Println(result.Get(context.Background()))
	// Output:
	// meanwhile
	// [2 3 5] <nil>
}

func ExampleStarmap() {
	ctx := context.Background()
	p, err := process.NewPool(ctx, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	fmt.Println(process.Starmap(ctx, p, []process.Args[float64, float64]{{A: 2, B: 10}, {A: 3, B: 4}}, power))
	// Output: [1024 81] <nil>
}

func ExampleRetry() {
	ctx := context.Background()
	p, err := process.NewPool(ctx, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	_, err = process.Map(ctx, p, []int{1, 7, 0}, exit)
	var crash *process.CrashError
	if errors.As(err, &crash) {
		fmt.Println("item", crash.Item, "ended its worker:", crash.Status)
	}
	fmt.Println(process.Map(ctx, p, []string{filepath.Join(folder, "began")}, dieOnce, process.Retry(1)))
	// Output:
	// item 0 ended its worker: exit status 1
	// [the second attempt] <nil>
}

func ExampleRegisterErr() {
	ctx := context.Background()
	p, err := process.NewPool(ctx, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	_, err = process.Map(ctx, p, []string{"1", "two", "three"}, parse)
	fmt.Println(err)
	fmt.Println(errors.Is(err, strconv.ErrSyntax))
	// Output:
	// process: Map: item 1: strconv.Atoi: parsing "two": invalid syntax
	// true
}

func ExampleImap() {
	ctx := context.Background()
	p, err := process.NewPool(ctx, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	for prime, err := range process.Imap(ctx, p, slices.Values([]int{1, 2, 3}), nth) {
		fmt.Println(prime, err)
	}
	// Output:
	// 2 <nil>
	// 3 <nil>
	// 5 <nil>
}
