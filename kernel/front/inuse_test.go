package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"multiprocessing/kernel/internal/inuse"
)

func TestNobodyRemovesTheToolsOfARunningKernel(t *testing.T) {
	t.Parallel()
	env, folder := setUp(t), t.TempDir() // with a front of its own, since other tests use the tools too
	content, err := os.ReadFile(filepath.Join(env.BinFolder(), "front"))
	if err != nil {
		t.Fatal(err)
	}
	front := filepath.Join(folder, "front")
	if err := errors.Join(os.WriteFile(front, content, 0o700), os.Symlink(filepath.Join(env.BinFolder(), "gonb"), filepath.Join(folder, "gonb"))); err != nil {
		t.Fatal(err)
	}
	c := newClient(t, env)
	c.cmd.Path, c.cmd.Args[0] = front, front
	c.start()
	if _, err := inuse.Claim(folder); !errors.Is(err, inuse.ErrTaken) {
		t.Errorf("claimed while the kernel runs: %v", err)
	}
}
