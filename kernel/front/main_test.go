package main

import (
	"testing"

	"multiprocessing/kernel/internal/kerneltest"
	"multiprocessing/kernel/internal/setup"
)

func TestMain(m *testing.M) { kerneltest.Main(m) }

// setUp returns the environment that kernels start in.
func setUp(t testing.TB) *setup.Environment {
	t.Helper()
	return kerneltest.SetUp(t, "../..")
}
