package jupyter

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"multiprocessing/kernel/internal/setup"
)

// trust has JupyterLab show the outputs that the course's notebooks are kept with: pictures are SVG, which it does not
// draw in a notebook that it does not trust. Only notebooks that are as the checkout's last commit has them are trusted,
// never one that was changed or came from elsewhere; without git none is. It is done once for each commit.
func trust(ctx context.Context, env *setup.Environment, f folders) error {
	committed, state := committedNotebooks(ctx, env.Module)
	stamp := filepath.Join(f.home, "trusted")
	if before, err := os.ReadFile(stamp); len(committed) == 0 || err == nil && string(before) == state {
		return nil
	}
	cmd := exec.CommandContext(ctx, env.VenvPython(), append([]string{"-m", "jupyter", "trust"}, committed...)...)
	cmd.Dir = env.Module
	cmd.Env = f.environment()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("trusting the course's notebooks: %w: %s", err, strings.TrimSpace(string(out)))
	}
	if err := os.WriteFile(stamp, []byte(state), 0o600); err != nil {
		return fmt.Errorf("trusting the course's notebooks: %w", err)
	}
	return nil
}

// committedNotebooks returns the notebooks of a checkout that are as its last commit has them, and a text that changes
// with them. There are none where git does not know.
func committedNotebooks(ctx context.Context, module string) (paths []string, state string) {
	tree, err := git(ctx, module, "rev-parse", "HEAD:notebooks")
	if err != nil {
		return nil, ""
	}
	all, err := git(ctx, module, "ls-files", "--", "notebooks/*.ipynb")
	if err != nil {
		return nil, ""
	}
	changed, err := git(ctx, module, "diff", "--name-only", "HEAD", "--", "notebooks")
	if err != nil {
		return nil, ""
	}
	for path := range strings.Lines(all) {
		if !slices.Contains(strings.Split(changed, "\n"), strings.TrimSpace(path)) {
			paths = append(paths, strings.TrimSpace(path))
		}
	}
	return paths, tree + changed
}

// git asks about a checkout, with none of the user's settings that could have it run something.
func git(ctx context.Context, module string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-c", "core.fsmonitor=false", "-c", "core.quotepath=false"}, args...)...)
	cmd.Dir = module
	out, err := cmd.Output()
	return string(out), err
}
