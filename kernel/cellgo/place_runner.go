package main

import (
	"os"

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/internal/gonb"
)

// removeRunner removes the runner and the program of the previous cell: go build would overwrite the runner through the
// link.
func removeRunner(binary string) {
	if os.Getenv(envvar.Runner) != "" && binary != "" {
		_ = os.Remove(binary)
		_ = os.Remove(binary + gonb.RunnerSuffix)
	}
}

// placeRunner replaces the program that was built, if any, with a link to the runner, if the kernel has one: see package
// runner.
func placeRunner(binary string) error {
	runner := os.Getenv(envvar.Runner)
	if runner == "" || binary == "" {
		return nil
	}
	if err := os.Rename(binary, binary+gonb.RunnerSuffix); err != nil {
		return err
	}
	return os.Symlink(runner, binary)
}
