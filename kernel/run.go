package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"multiprocessing/kernel/internal/jupyter"
	"multiprocessing/kernel/internal/setup"
	"multiprocessing/kernel/nbformat"
)

// runOptions are the flags of the run command.
type runOptions struct {
	output  string
	inPlace bool
	timeout time.Duration
}

func runCommand() *cobra.Command {
	var options runOptions
	cmd := &cobra.Command{
		Use:   "run NOTEBOOK...",
		Short: "Execute notebooks without a browser",
		Long: "run executes notebooks from top to bottom, each in a fresh kernel, and says which failed. Without --output and\n" +
			"--in-place the results are thrown away.",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, notebooks []string) error {
			if err := options.check(notebooks); err != nil {
				return err
			}
			env, err := setup.LocateWithPython(cmd.Context(), ".")
			if err != nil {
				return err
			}
			release, err := env.Use()
			if err != nil {
				return err
			}
			defer release()
			if err := env.Make(cmd.Context(), cmd.ErrOrStderr()); err != nil {
				return err
			}
			return options.runAll(cmd.Context(), env, notebooks, cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVarP(&options.output, "output", "o", "", "file for the executed notebook, or folder for several")
	cmd.Flags().BoolVar(&options.inPlace, "in-place", false, "write the results into the notebooks themselves")
	cmd.Flags().DurationVar(&options.timeout, "timeout", 10*time.Minute, "longest time a cell may take")
	return cmd
}

// check refuses, before anything runs, what cannot work.
func (o runOptions) check(notebooks []string) error {
	if o.output != "" && o.inPlace {
		return errors.New("run: give --output or --in-place, not both")
	}
	if o.timeout < time.Second {
		return fmt.Errorf("run: --timeout %s: give a second or more, as 10m", o.timeout)
	}
	outputs := map[string]string{}
	for _, notebook := range notebooks {
		content, err := os.ReadFile(notebook)
		if err != nil {
			return fmt.Errorf("run: %w; give the path of a notebook", err)
		}
		if _, err := nbformat.Parse(content); err != nil {
			return fmt.Errorf("run: %s is not a notebook: %w", notebook, err)
		}
		if other, taken := outputs[filepath.Base(notebook)]; taken && o.output != "" {
			return fmt.Errorf("run: %s and %s would both be written to the same file; run them apart", other, notebook)
		}
		outputs[filepath.Base(notebook)] = notebook
	}
	if len(notebooks) > 1 && strings.HasSuffix(o.output, ".ipynb") {
		return fmt.Errorf("run: --output %s is a file, for one notebook; give a folder for %d", o.output, len(notebooks))
	}
	return nil
}

// runAll runs every notebook, also after one has failed, and returns an error that names each failure.
func (o runOptions) runAll(ctx context.Context, env *setup.Environment, notebooks []string, out io.Writer) error {
	var failures []error
	for _, notebook := range notebooks {
		start := time.Now()
		err := o.runOne(ctx, env, notebook)
		seconds := time.Since(start).Seconds()
		if err != nil {
			fmt.Fprintf(out, "failed %s in %.1f s\n", notebook, seconds)
			failures = append(failures, err)
		} else {
			fmt.Fprintf(out, "ok     %s in %.1f s\n", notebook, seconds)
		}
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(failures...)
}

func (o runOptions) runOne(ctx context.Context, env *setup.Environment, notebook string) error {
	if o.inPlace {
		return runInPlace(ctx, env, notebook, o.timeout)
	}
	if o.output != "" {
		output := o.output
		if !strings.HasSuffix(output, ".ipynb") {
			output = filepath.Join(output, filepath.Base(notebook))
		}
		if err := os.MkdirAll(filepath.Dir(output), 0o755); err != nil {
			return fmt.Errorf("run: making the output's folder: %w", err)
		}
		return jupyter.Execution{Notebook: notebook, Output: output, Timeout: o.timeout}.Run(ctx, env)
	}
	folder, err := os.MkdirTemp("", "multiprocessing-run-*")
	if err != nil {
		return fmt.Errorf("run: making a temporary folder: %w", err)
	}
	defer os.RemoveAll(folder)
	return jupyter.Execution{Notebook: notebook, Output: filepath.Join(folder, filepath.Base(notebook)), Timeout: o.timeout}.Run(ctx, env)
}

// runInPlace replaces the notebook by its executed self when it succeeds. When it fails, the notebook stays as it was
// and what was executed is kept beside it, as NAME.failed.ipynb.
func runInPlace(ctx context.Context, env *setup.Environment, notebook string, timeout time.Duration) error {
	executed := strings.TrimSuffix(notebook, ".ipynb") + ".failed.ipynb"
	if err := (jupyter.Execution{Notebook: notebook, Output: executed, Timeout: timeout}).Run(ctx, env); err != nil {
		return err
	}
	content, err := os.ReadFile(executed)
	if err != nil {
		return fmt.Errorf("run: %w", err)
	}
	if content, err = nbformat.Kept(content); err != nil {
		return fmt.Errorf("run: %s: %w", notebook, err)
	}
	if err := os.WriteFile(executed, content, 0o644); err != nil {
		return fmt.Errorf("run: writing %s: %w", executed, err)
	}
	return os.Rename(executed, notebook)
}
