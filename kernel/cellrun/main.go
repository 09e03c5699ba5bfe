// Command cellrun runs a cell's program for GoNB: see multiprocessing/kernel/internal/runner. Set-up installs it as "run",
// beside the front.
package main

import (
	"os"

	"multiprocessing/kernel/internal/runner"
)

func main() { os.Exit(runner.Main(os.Args)) }
