// Command ordinary is a program as a reader would write it: no guard around
// main, and flags that its workers have no use for.
package main

import (
	"context"
	"fmt"
	"os"

	"multiprocessing/lib/primes"
	"multiprocessing/lib/process"
)

var nth = process.Register("nth prime", func(n int) int {
	fmt.Println("task")
	return primes.Nth(n)
})

func init() { fmt.Println("init") }

func main() {
	fmt.Println("main begins")
	p, err := process.NewPool(context.Background(), 2)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	results, err := process.Map(context.Background(), p, []int{20000, 20001, 20002, 20003}, nth)
	p.Close()
	fmt.Println("main ends:", results, err)
}
