package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestInstallSaysForWhomTheKernelIsAndWhatItCannotWrite(t *testing.T) {
	setUp(t)
	prefix := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(prefix, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r := kernel(t, nil, "install", "--prefix", prefix)
	r.wantError(t, "cannot write "+prefix+"/share/jupyter/kernels/gonb: not a directory", "--prefix")
	if !strings.HasPrefix(r.stdout, "This kernel will start for you alone") {
		t.Errorf("it says %q, want first for whom the kernel is", r.stdout)
	}
}

// TestAnotherUserListsKernelsAfterInstall installs as root, and lists as nobody, whom a folder that cannot be listed would
// leave without any kernel.
func TestAnotherUserListsKernelsAfterInstall(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can become another user")
	}
	env := setUp(t)
	prefix, err := os.MkdirTemp("", "install-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(prefix) })
	kernels := filepath.Join(prefix, "share", "jupyter", "kernels")
	theirs := filepath.Join(kernels, "theirs")
	if err := errors.Join(os.Chmod(prefix, 0o755), os.MkdirAll(theirs, 0o755), os.Chmod(kernels, 0o700), // as an earlier install left it
		os.WriteFile(filepath.Join(theirs, "kernel.json"), []byte(`{"argv": ["true"], "display_name": "Theirs", "language": "none"}`), 0o644)); err != nil {
		t.Fatal(err)
	}
	if r := kernel(t, ownCache(t), "install", "--prefix", prefix); r.code != 0 {
		t.Fatalf("exit status %d, %s", r.code, r.stderr)
	}
	// Python reads its modules as root.
	const list = `import os, sys
from jupyter_client.kernelspec import KernelSpecManager
specs = KernelSpecManager(kernel_dirs=[sys.argv[1]], ensure_native_kernel=False)
specs.get_all_specs()
os.setgroups([]); os.setgid(65534); os.setuid(65534)
print(sorted(specs.get_all_specs()))`
	out, err := exec.Command(env.VenvPython(), "-c", list, kernels).Output()
	if err != nil || string(out) != "['theirs']\n" {
		t.Errorf("another user sees the kernels %q, %v; want theirs, and not the one that cannot start", out, err)
	}
}
