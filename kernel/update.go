//go:build unix

package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"multiprocessing/kernel/internal/setup"
)

const updateHelp = `update brings the newest version of the course into this checkout, as "git pull" does, and keeps what you wrote.

JupyterLab saves your changes into the checkout's notebooks. A notebook that you changed stays as it is, unless the course
has changed it, too: then you get the course's, and yours is beside it as mine-NAME.ipynb. A notebook that you deleted or
renamed comes back. Your own notebooks stay.

--reset gives back the named notebooks as the course's last commit here has them, and keeps yours in the same way. It needs
no network.`

func updateCommand() *cobra.Command {
	var reset bool
	cmd := &cobra.Command{
		Use:   "update [--reset NOTEBOOK...]",
		Short: "Bring the newest version of the course, and keep what you wrote",
		Long:  updateHelp,
		Example: "  " + program() + " update\n" +
			"  " + program() + " update --reset notebooks/05-primes.ipynb",
		RunE: func(cmd *cobra.Command, notebooks []string) error {
			folder, err := setup.FindModule(".")
			if err != nil {
				return err
			}
			c := checkout{cmd.Context(), folder}
			switch {
			case reset && len(notebooks) == 0:
				err = errors.New("name a notebook, as in: " + program() + " update --reset notebooks/05-primes.ipynb")
			case reset:
				err = c.resetAll(cmd.OutOrStdout(), notebooks)
			case len(notebooks) > 0:
				err = fmt.Errorf("%s is named without --reset; update itself is for all of the course", notebooks[0])
			default:
				err = c.update(cmd.OutOrStdout())
			}
			if err != nil {
				return fmt.Errorf("update: %w", err)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&reset, "reset", false, "only give back the named notebooks, and keep yours under other names")
	return cmd
}

// update fetches the course's newest version, and puts it in place of this one.
func (c checkout) update(out io.Writer) error {
	if err := c.check(); err != nil {
		return err
	}
	if !c.holds("rev-parse", "--verify", "--quiet", "@{upstream}") {
		return errors.New(`this branch follows no other; name the course's, as in "git branch --set-upstream-to=origin/main", and update again`)
	}
	if _, err := c.git("fetch", "--quiet"); err != nil {
		return fmt.Errorf("%w; nothing was changed", err)
	}
	if c.holds("merge-base", "--is-ancestor", "@{upstream}", "HEAD") {
		fmt.Fprintln(out, "The course is up to date.")
		return c.restoreMissing(out)
	}
	if !c.holds("merge-base", "--is-ancestor", "HEAD", "@{upstream}") {
		return errors.New(`you have commits that the course does not have; "git pull" merges them. Nothing was changed`)
	}
	if err := c.forward(out); err != nil {
		return err
	}
	return c.restoreMissing(out)
}

// forward moves the checkout to the version that was fetched. If that fails, all is as before.
func (c checkout) forward(out io.Writer) error {
	mine, err := c.changedByBoth()
	if err != nil {
		return err
	}
	for _, path := range mine {
		if !isNotebook(path) {
			return fmt.Errorf("you changed %s, and so did the course; commit or stash your change, and update again. Nothing was changed", path)
		}
	}
	kept, err := c.setAllAside(mine)
	if err != nil {
		return err
	}
	fresh, _ := c.paths("diff", "--name-only", "--diff-filter=A", "-z", "--no-renames", "--relative", "HEAD", "@{upstream}", "--", "notebooks")
	if _, err := c.git("-c", "merge.autoStash=false", "merge", "--ff-only", "--quiet", "@{upstream}"); err != nil {
		return errors.Join(fmt.Errorf("%w; nothing was changed", err), c.putBack(kept))
	}
	fmt.Fprintln(out, "The course is now the newest version.")
	for _, path := range slices.DeleteFunc(fresh, func(path string) bool { return !isNotebook(path) }) {
		fmt.Fprintf(out, "%s is new.\n", path)
	}
	for _, one := range kept {
		fmt.Fprintf(out, "%s is the course's new version; yours is %s.\n", one.path, one.kept)
	}
	return nil
}

// changedByBoth returns the files in the checkout that are not as its commit has them, and that the new version changes,
// brings or deletes.
func (c checkout) changedByBoth() (both []string, err error) {
	theirs, err := c.paths("diff", "--name-only", "-z", "--no-renames", "--relative", "HEAD", "@{upstream}")
	if err != nil {
		return nil, err
	}
	mine, err := c.paths("diff", "--name-only", "-z", "--no-renames", "--relative", "HEAD")
	if err != nil {
		return nil, err
	}
	known, err := c.paths("ls-tree", "-r", "--name-only", "-z", "HEAD")
	if err != nil {
		return nil, err
	}
	for _, path := range theirs {
		if _, err := os.Lstat(filepath.Join(c.folder, path)); err != nil {
			continue // a deleted file has nothing to lose
		}
		if slices.Contains(mine, path) || !slices.Contains(known, path) {
			both = append(both, path)
		}
	}
	return both, nil
}

// restoreMissing brings back the notebooks that the reader deleted, renamed or moved.
func (c checkout) restoreMissing(out io.Writer) error {
	missing, err := c.paths("ls-files", "--deleted", "-z", "--", "notebooks")
	if err != nil {
		return err
	}
	for _, path := range slices.DeleteFunc(missing, func(path string) bool { return !isNotebook(path) }) {
		if err := c.restore(path); err != nil {
			return err
		}
		fmt.Fprintf(out, "%s is back.\n", path)
	}
	return nil
}

// restore writes a missing file as the commit has it. It overwrites nothing.
func (c checkout) restore(path string) error {
	_, err := c.git("checkout-index", "--quiet", "--", path)
	return err
}

// resetAll gives back notebooks, each named by its path, or by its name in the course's folder.
func (c checkout) resetAll(out io.Writer, names []string) error {
	if err := c.check(); err != nil {
		return err
	}
	var paths []string
	for _, name := range names {
		path, err := c.courseNotebook(name)
		if err != nil {
			return err
		}
		if !c.holds("diff", "--cached", "--quiet", "HEAD", "--", path) {
			return fmt.Errorf("you staged a change of %s; take it back by \"git restore --staged %s\", and reset again", path, path)
		}
		paths = append(paths, path)
	}
	for _, path := range paths {
		if err := c.reset(out, path); err != nil {
			return err
		}
	}
	return nil
}

func (c checkout) reset(out io.Writer, path string) error {
	if c.holds("diff", "--quiet", "HEAD", "--", path) {
		fmt.Fprintf(out, "%s is as the course has it.\n", path)
		return nil
	}
	kept, err := c.setAside(path)
	if errors.Is(err, fs.ErrNotExist) { // it was deleted
		fmt.Fprintf(out, "%s is back.\n", path)
		return c.restore(path)
	}
	if err != nil {
		return fmt.Errorf("keeping %s: %w; nothing was changed", path, err)
	}
	if err := c.restore(path); err != nil {
		return errors.Join(err, c.putBack([]aside{kept}))
	}
	fmt.Fprintf(out, "%s is the course's again; yours is %s.\n", path, kept.kept)
	return nil
}

// courseNotebook returns the path, relative to the checkout, of one of the course's notebooks.
func (c checkout) courseNotebook(name string) (string, error) {
	whole, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	if folder, err := filepath.EvalSymlinks(filepath.Dir(whole)); err == nil { // as c.folder is
		whole = filepath.Join(folder, filepath.Base(whole))
	}
	for _, path := range []string{whole, filepath.Join(c.folder, "notebooks", name)} {
		below, err := filepath.Rel(c.folder, path)
		if err == nil && isNotebook(below) && c.holds("ls-files", "--error-unmatch", "--", below) {
			return below, nil
		}
	}
	return "", fmt.Errorf("%s is not one of the course's notebooks; \"ls notebooks\" lists them", name)
}

// isNotebook reports whether a path, relative to the checkout, is that of a notebook of the course.
func isNotebook(path string) bool {
	return strings.HasPrefix(path, "notebooks/") && strings.HasSuffix(path, ".ipynb")
}
