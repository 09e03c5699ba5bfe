package main

import "os"

// Where envRunner names the runner of cells, GoNB finds that in place of the program, and the runner finds the program
// beside it: see multiprocessing/kernel/internal/runner.
const (
	envRunner     = "MULTIPROCESSING_RUNNER"
	programSuffix = ".program"
)

// removeRunner removes what the cell before has left: go build would write into the runner.
func removeRunner(binary string) {
	if os.Getenv(envRunner) != "" && binary != "" {
		_ = os.Remove(binary)
		_ = os.Remove(binary + programSuffix)
	}
}

// placeRunner puts the runner in place of the program that was built, if one was.
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
