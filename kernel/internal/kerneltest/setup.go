// Package kerneltest has what the tests of several packages need: the environment, and cells of notebooks to be executed.
package kerneltest

import (
	"testing"

	"multiprocessing/kernel/internal/setup"
)

// SetUp returns the environment that the notebooks of the checkout run in, made if it was not there, until the test
// ends. The first time it takes minutes.
func SetUp(t testing.TB, checkout string) *setup.Environment {
	t.Helper()
	env, err := setup.LocateWithPython(t.Context(), checkout)
	if err != nil {
		t.Fatal(err)
	}
	release, err := env.Ready(t.Context(), t.Output())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	return env
}
