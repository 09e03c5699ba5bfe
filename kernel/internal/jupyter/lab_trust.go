package jupyter

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
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
//
// Where JupyterLab serves copies, the checkout's notebooks are those that nobody works on, and all of them are trusted:
// a signature is of what a notebook holds, so that it covers the copies until they change.
func (l Lab) trust(ctx context.Context, env *setup.Environment, f folders) error {
	trusted, state := committedNotebooks(ctx, env.Module)
	if l.Copies != "" {
		trusted, state = originals(env.Module)
	}
	if err := os.MkdirAll(f.data(), 0o700); err != nil {
		return fmt.Errorf("trusting the course's notebooks: %w", err)
	}
	stamp := filepath.Join(f.data(), "trusted")
	if before, err := os.ReadFile(stamp); len(trusted) == 0 || err == nil && string(before) == state {
		return nil
	}
	cmd := exec.CommandContext(ctx, env.VenvPython(), append([]string{"-m", "jupyter", "trust"}, trusted...)...)
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

// originals returns all notebooks of a checkout, and a text that changes with them.
func originals(module string) (paths []string, state string) {
	hash := sha256.New()
	for _, pattern := range []string{"notebooks/*.ipynb", "notebooks/*/*.ipynb"} {
		found, _ := fs.Glob(os.DirFS(module), pattern)
		for _, name := range found {
			path := filepath.Join(module, filepath.FromSlash(name))
			content, err := os.ReadFile(path)
			if err != nil {
				continue // what cannot be read cannot be trusted
			}
			fmt.Fprintf(hash, "%s %d\n%s", path, len(content), content)
			paths = append(paths, path)
		}
	}
	return paths, hex.EncodeToString(hash.Sum(nil))
}

// committedNotebooks returns the notebooks of a checkout that are as its last commit has them, and a text that changes
// with them. There are none where git does not know.
func committedNotebooks(ctx context.Context, module string) (paths []string, state string) {
	tree, noTree := git(ctx, module, "rev-parse", "HEAD:notebooks")
	all, noList := git(ctx, module, "ls-files", "--", "notebooks/*.ipynb")
	changed, noDifference := git(ctx, module, "diff", "--name-only", "HEAD", "--", "notebooks")
	if errors.Join(noTree, noList, noDifference) != nil {
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
