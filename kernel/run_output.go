//go:build unix

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"multiprocessing/kernel/internal/jupyter"
	"multiprocessing/kernel/internal/reason"
	"multiprocessing/kernel/internal/setup"
)

// outputOf is where --output puts the executed notebook, empty without it.
func (o runOptions) outputOf(one run) string {
	if !o.collects() {
		return o.output
	}
	return filepath.Join(o.output, one.file)
}

// collects reports whether the outputs are put into a folder, and with them what the runs have found.
func (o runOptions) collects() bool { return o.output != "" && !strings.HasSuffix(o.output, ".ipynb") }

// checkNames refuses a notebook that is named twice, if both outputs would be the same file.
func (o runOptions) checkNames(notebooks []string) error {
	named := map[string]string{}
	for _, notebook := range notebooks {
		path, err := filepath.Abs(notebook)
		if err != nil {
			return err
		}
		if other, twice := named[path]; twice && o.collects() {
			return fmt.Errorf("run: %s and %s would both be written to the same file; run them apart", other, notebook)
		}
		named[path] = notebook
	}
	return nil
}

// checkPlaces refuses places that cannot be written, before time is spent on set-up.
func (o runOptions) checkPlaces(notebooks []string) error {
	switch {
	case o.list:
	case o.inPlace:
		for _, notebook := range notebooks {
			if err := writable(notebook); err != nil {
				return err
			}
			failed, err := newFailed(notebook)
			if err != nil {
				return cannotWrite(failed, err)
			}
			if err := os.Remove(failed); err != nil {
				return err
			}
		}
	case strings.HasSuffix(o.output, ".ipynb"):
		return writable(o.output)
	case o.output != "":
		for _, name := range []string{tablesFile, exercisesFile} {
			if err := writable(filepath.Join(o.output, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkRuns refuses what cannot work with so many runs.
func (o runOptions) checkRuns(runs []run) error {
	if len(runs) > 1 && strings.HasSuffix(o.output, ".ipynb") {
		return fmt.Errorf("run: --output %s is a file, for one notebook; give a folder for %d", o.output, len(runs))
	}
	if o.inPlace && sweeps(runs) {
		return errors.New("run: --in-place keeps one run of each notebook; give --output and a folder for several values")
	}
	return o.checkOutputs(runs)
}

// checkOutputs refuses outputs that cannot be written, and to write over a notebook that is to be run: papermill would
// replace it cell by cell, and a run that fails leave half of it.
func (o runOptions) checkOutputs(runs []run) error {
	for _, one := range runs {
		path := o.outputOf(one)
		if path == "" {
			continue
		}
		if err := writable(path); err != nil {
			return err
		}
		output, err := os.Stat(path)
		if err != nil {
			continue // where nothing is, nothing is lost
		}
		for _, other := range runs {
			notebook, err := os.Stat(other.notebook)
			if err != nil || !os.SameFile(output, notebook) {
				continue
			}
			return fmt.Errorf("run: --output %s would overwrite %s; name another place, or use --in-place", o.output, other.notebook)
		}
	}
	return nil
}

// writable returns an error if path cannot be written. It makes the folder, and leaves the file as it is. A pipe that nobody
// reads would hold up the run; a character device, such as a terminal, does not.
func writable(path string) error {
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		_, missing := os.Lstat(path)
		var file *os.File
		if file, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|syscall.O_NONBLOCK, 0o600); err == nil {
			if info, unknown := file.Stat(); unknown != nil || !info.Mode().IsRegular() && info.Mode()&fs.ModeCharDevice == 0 {
				err = errors.New("it is neither a file nor a character device")
			}
			err = errors.Join(err, file.Close())
			if errors.Is(missing, fs.ErrNotExist) {
				err = errors.Join(err, os.Remove(path))
			}
		}
	}
	return cannotWrite(path, err)
}

// cannotWrite says what to do about an error of writing path; nil stays nil.
func cannotWrite(path string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrPermission) && setup.Prepared():
		return fmt.Errorf("run: cannot write %s: %w; %s", path, reason.Of(err), jupyter.WhoMayWrite(filepath.Dir(path)))
	}
	return fmt.Errorf("run: cannot write %s: %w; name a place you may write in --output", path, reason.Of(err))
}

// place makes the place where the executed notebook goes; discard removes it when nobody asked for it.
func (r runner) place(one run) (output string, discard func(), err error) {
	keep := func() {}
	switch {
	case r.inPlace:
		output, err = newFailed(one.notebook)
		return output, keep, cannotWrite(output, err)
	case r.collects(): // what an earlier run has left would count as this one's, if this one ends before its first cell
		output = r.outputOf(one)
		if err := os.Remove(output); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return output, keep, cannotWrite(output, err)
		}
		return output, keep, nil
	case r.output != "":
		return r.output, keep, nil
	}
	folder, discard, err := jupyter.TempFolder()
	return filepath.Join(folder, filepath.Base(one.file)), discard, err
}

// newFailed makes an empty file beside the notebook, for what a run in place executes, that the same users may read. It
// never opens an existing file or a link: that belongs to the reader, or to another run of the notebook.
func newFailed(notebook string) (path string, err error) {
	stem := strings.TrimSuffix(notebook, ".ipynb") + ".failed"
	info, err := os.Stat(notebook)
	if err != nil {
		return stem + ".ipynb", err
	}
	return newFile(stem, info.Mode().Perm())
}
