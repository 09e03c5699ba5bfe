package main

import "os"

// If envRunner names the runner of cells, cellgo places the runner at the path at which GoNB expects the program. The
// runner finds the program beside it, with programSuffix: see multiprocessing/kernel/internal/runner.
const (
	envRunner     = "MULTIPROCESSING_RUNNER"
	programSuffix = ".program"
)

// removeRunner removes the runner and the program of the previous cell: go build would overwrite the runner through the
// link.
func removeRunner(binary string) {
	if os.Getenv(envRunner) != "" && binary != "" {
		_ = os.Remove(binary)
		_ = os.Remove(binary + programSuffix)
	}
}

// placeRunner replaces the program that was built, if any, with a link to the runner.
func placeRunner(binary string) error {
	runner := os.Getenv(envRunner)
	if runner == "" || binary == "" {
		return nil
	}
	if err := os.Rename(binary, binary+programSuffix); err != nil {
		return err
	}
	return os.Symlink(runner, binary)
}
