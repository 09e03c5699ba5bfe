// Package kerneltest has what the tests of several packages need: the environment, and cells of notebooks to be executed.
package kerneltest

import (
	"os"
	"testing"

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/internal/setup"
)

// Main runs the tests of a package with a history of timings of its own.
func Main(m *testing.M) {
	remove := OwnHistory()
	code := m.Run()
	remove()
	os.Exit(code)
}

// OwnHistory has the cells that this process starts keep their timings in a folder of its own, until remove is called:
// runs of tests have no place in the history of the user.
func OwnHistory() (remove func()) {
	folder, err := os.MkdirTemp("", "history-of-a-test-*")
	if err != nil {
		panic(err)
	}
	if err := os.Setenv(envvar.History, folder); err != nil {
		panic(err)
	}
	return func() { os.RemoveAll(folder) }
}

// SetUp returns the environment that the notebooks of the checkout run in, made if it was not there, until the test
// ends. The first time it takes minutes. The package's TestMain must call Main or OwnHistory.
func SetUp(t testing.TB, checkout string) *setup.Environment {
	t.Helper()
	if os.Getenv(envvar.History) == "" {
		t.Fatal("the cells of this test would write into the user's history; have TestMain call kerneltest.Main")
	}
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
