// Command fickle registers a task in its first run only. That is wrong: a
// worker must register what the program that started it has registered.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"multiprocessing/lib/process"
)

// marker is there from the second run on.
var marker = filepath.Join(filepath.Dir(os.Args[0]), "marker")

var (
	steady = process.Register("steady", func(n int) int { return n })
	fickle = registerOnce()
)

func registerOnce() *process.Task[int, int] {
	if _, err := os.Stat(marker); err == nil {
		return nil
	}
	os.WriteFile(marker, nil, 0o600)
	return process.Register("fickle", func(n int) int { return -n })
}

func main() {
	p, err := process.NewPool(context.Background(), 1)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	defer p.Close()
	fmt.Println(process.Map(context.Background(), p, []int{1}, steady))
	fmt.Println(process.Map(context.Background(), p, []int{1}, fickle))
}
