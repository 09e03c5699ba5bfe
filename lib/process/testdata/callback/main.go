// Command callback has a task in whose process a C thread calls back into
// Go, which waits until package initialization is complete.
package main

/*
#cgo LDFLAGS: -lpthread
#include <pthread.h>

extern void calledBack(int);

static void *run(void *n) {
	calledBack(*(int *)n);
	return 0;
}

static int callBack(int n) {
	pthread_t thread;
	if (pthread_create(&thread, 0, run, &n) != 0)
		return 1;
	return pthread_join(thread, 0);
}
*/
import "C"

import (
	"context"
	"fmt"
	"os"

	"multiprocessing/lib/process"
)

var got C.int

//export calledBack
func calledBack(n C.int) { got = 2 * n }

var double = process.Register("double in C", func(n int) int {
	if status := C.callBack(C.int(n)); status != 0 {
		panic(fmt.Sprint("pthread: ", status))
	}
	return int(got)
})

var initHasRun bool

func init() { initHasRun = true }

var sawInit = process.Register("saw init", func(int) bool { return initHasRun })

func main() {
	if len(os.Args) > 1 && os.Args[1] == "serve" {
		process.Serve()
	}
	fmt.Println("main goes on")
	p, err := process.NewPool(context.Background(), 2)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	defer p.Close()
	fmt.Println(process.Map(context.Background(), p, []int{0}, sawInit))
	fmt.Println(process.Map(context.Background(), p, []int{1, 2, 3, 4}, double))
}
