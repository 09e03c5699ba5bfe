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
	"multiprocessing/kernel/internal/usercache"
)

func main() {
	if status, isGuard := guard.Main(os.Args[1:]); isGuard {
		os.Exit(status)
	}
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "front: no connection file; Jupyter starts this program, as \"go run ./kernel install\" registers it")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "front:", err)
		os.Exit(1)
	}
}

func run(connectionFile string, flags []string) error {
	release, err := inuse.MarkProgram() // until it ends
	if err != nil {
		return err
	}
	defer release()
	leave, err := usercache.Enter()
	if err != nil {
		return err
	}
	defer leave()
	return front.Run(connectionFile, flags)
}
