//go:build unix

package process_test

import (
	"errors"
	"fmt"

	"multiprocessing/lib/primes"
	"multiprocessing/lib/process"
)

// Tasks are registered in package-level vars, so that workers know them.
var (
	nth    = process.Register("nth prime", primes.Nth)
	divide = process.Register("divide", func(n int) int { return 100 / n })
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
