package main

import (
	"context"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"multiprocessing/kernel/internal/setup"
)

// What a Go kernel has none of is left out: a cell's value, a pager, and the order to clear an output.
func TestTheKernelPassesJupytersOwnTests(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	env := setUp(t)
	if err := env.InstallTestRequirements(ctx); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, env.VenvPython(), "testdata/protocol.py")
	cmd.Env = append(setup.WithoutPythonSettings(os.Environ()), "JUPYTER_DATA_DIR="+env.Data(), "TMPDIR="+t.TempDir())
	var log strings.Builder
	cmd.Stderr = &log
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, log.String())
	}
	for _, name := range []string{
		"test_kernel_info", "test_execute_stdout", "test_execute_stderr", "test_display_data", "test_error",
		"test_completion", "test_inspect", "test_is_complete", "test_history",
	} {
		if !regexp.MustCompile(name + ` .*\.\.\. ok`).Match(out) {
			t.Errorf("%s did not run or did not pass:\n%s", name, out)
		}
	}
}
