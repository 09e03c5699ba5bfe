package image

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestEveryNotebookRunsWithoutANetwork(t *testing.T) {
	t.Parallel()
	theEngine(t)
	all, err := filepath.Glob("../notebooks/*.ipynb")
	solutions, _ := filepath.Glob("../notebooks/solutions/*.ipynb")
	if all = append(all, solutions...); err != nil || len(all) < 20 {
		t.Fatalf("only %d notebooks: %v", len(all), err)
	}
	quarters := [4][]string{} // containers at once take half the time on two cores
	for i, path := range all {
		quarters[i%4] = append(quarters[i%4], strings.TrimPrefix(filepath.ToSlash(path), "../"))
	}
	for i, paths := range quarters {
		t.Run(fmt.Sprint("quarter ", i+1), func(t *testing.T) {
			t.Parallel()
			out := do(t, run{plain: true, command: append([]string{"kernel", "run", "--budget", "200ms"}, paths...)})
			for _, path := range paths {
				if !strings.Contains(out, "ok     "+path+" in ") {
					t.Errorf("%s did not run:\n%s", path, out)
				}
			}
			t.Log(out)
		})
	}
}

func TestTheKernelPassesJupytersOwnTests(t *testing.T) {
	t.Parallel()
	theEngine(t)
	folder := t.TempDir()
	all, err := os.ReadFile("../kernel/requirements-test.txt")
	if err != nil {
		t.Fatal(err)
	}
	// The other requirements are in the image.
	pinned := regexp.MustCompile(`(?m)^jupyter-kernel-test==(\\\n|.)*`).FindString(string(all))
	write(t, filepath.Join(folder, "requirements.txt"), pinned+"\n")
	venv := filepath.Join(t.TempDir(), "venv") // Debian's own Python may have no pip
	must(t, "python3", "-m", "venv", venv)
	if out, err := exec.Command(filepath.Join(venv, "bin", "python"), "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps", "--only-binary", ":all:",
		"-r", filepath.Join(folder, "requirements.txt"), "-d", folder).CombinedOutput(); err != nil {
		t.Fatalf("pip download: %v\n%s", err, out)
	}
	script, err := os.ReadFile("../kernel/front/testdata/protocol.py")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(folder, "protocol.py"), string(script))
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	out := do(t, run{mounts: map[string]string{"/tmp/protocol": folder}, plain: true,
		command: []string{"sh", "-c", "PYTHONPATH=$(echo /tmp/protocol/*.whl) python /tmp/protocol/protocol.py 2>/dev/null"}})
	for _, name := range []string{
		"test_kernel_info", "test_execute_stdout", "test_execute_stderr", "test_display_data", "test_error",
		"test_completion", "test_inspect", "test_is_complete", "test_history",
	} {
		if !regexp.MustCompile(name + ` .*\.\.\. ok`).MatchString(out) {
			t.Errorf("%s did not run or did not pass:\n%s", name, out)
		}
	}
}
