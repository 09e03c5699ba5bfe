// Command front is the kernel that Jupyter starts: it speaks Jupyter's protocol and has GoNB run the cells. See
// multiprocessing/kernel/internal/front.
//
//	front CONNECTION_FILE [GoNB's flags]
package main

import (
	"fmt"
	"os"

	"multiprocessing/kernel/internal/front"
	"multiprocessing/kernel/internal/guard"
	"multiprocessing/kernel/internal/inuse"
)

func main() {
	if status, isGuard := guard.Main(os.Args[1:]); isGuard {
		os.Exit(status)
	}
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "front: no connection file; Jupyter starts this program, as \"go run ./kernel install\" registers it")
		os.Exit(2)
	}
	release, err := inuse.MarkProgram() // until it ends
	if err == nil {
		defer release()
		err = front.Run(os.Args[1], os.Args[2:])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "front:", err)
		os.Exit(1)
	}
}
