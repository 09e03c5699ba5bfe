// Command run stands between GoNB and a cell's program: see multiprocessing/kernel/internal/runner. Set-up installs it
// beside the front.
package main

import (
	"os"

	"multiprocessing/kernel/internal/runner"
)

func main() { os.Exit(runner.Main(os.Args)) }
