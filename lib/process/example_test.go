//go:build unix

package process_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"

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
)

func ExampleMap() {
	p, err := process.NewPool(4)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	fmt.Println(process.Map(p, []int{20000, 20001, 20002, 20003}, nth))
	// Output: [224737 224743 224759 224771] <nil>
}

func ExampleRegister() {
	p, err := process.NewPool(2)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	fmt.Println(process.Map(p, []string{"Ada", "Grace"}, greet))
	// Output: [hello Ada hello Grace] <nil>
}

func ExamplePanicError() {
	p, err := process.NewPool(2)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	_, err = process.Map(p, []int{5, 2, 0, 1}, divide)
	var panicked *process.PanicError
	if errors.As(err, &panicked) {
		fmt.Printf("item %d: %s\n", panicked.Item, panicked.Value)
	}
	// Output: item 2: runtime error: integer divide by zero
}

func ExampleProcess() {
	p := process.New(nth, 20000)
	if err := p.Start(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Join())
	fmt.Println(p.ExitCode())
	// Output:
	// 224737 <nil>
	// 0 true
}

func ExampleMapAsync() {
	p, err := process.NewPool(2)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	result := process.MapAsync(p, []int{1, 2, 3}, nth)
	fmt.Println("meanwhile")
	fmt.Println(result.Get(context.Background()))
	// Output:
	// meanwhile
	// [2 3 5] <nil>
}

func ExampleStarmap() {
	p, err := process.NewPool(2)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	fmt.Println(process.Starmap(p, []process.Args[float64, float64]{{A: 2, B: 10}, {A: 3, B: 4}}, power))
	// Output: [1024 81] <nil>
}

func ExampleOnCrash() {
	p, err := process.NewPool(2)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	_, err = process.Map(p, []int{7}, exit, process.OnCrash(func(crash *process.CrashError) bool {
		fmt.Println("item", crash.From, "ended its worker:", crash.Status)
		return false // do not run it again
	}))
	fmt.Println(err != nil)
	// Output:
	// item 0 ended its worker: exit status 7
	// true
}
