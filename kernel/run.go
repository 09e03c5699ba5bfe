//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"multiprocessing/kernel/coursebook"
	"multiprocessing/kernel/internal/jupyter"
	"multiprocessing/kernel/internal/reason"
	"multiprocessing/kernel/internal/setup"
)

// runOptions are the flags of the run command.
type runOptions struct {
	output     string
	inPlace    bool
	timeout    time.Duration
	budget     time.Duration
	parameters []string
	list       bool
	verbose    bool
}

const runHelp = `run executes notebooks from top to bottom, each in a fresh kernel, and says which failed. Without --output and
--in-place the results are thrown away. A cell tagged raises-exception must fail; any other must not.

Parameters are the variables of the cell tagged "parameters". --parameter gives them values of their declared types,
within the limits that their comments name, and refuses others before anything runs; --list-parameters shows them all,
with their limits. A name must be one that some notebook declares; a notebook that does not declare it runs as it is.

Several values, with commas between them, run each notebook once for each, or for each combination. The outputs carry
the values in their names, and the tables that the cells display are collected into one: printed, and written to
tables.csv beside the outputs. Tables of earlier runs, in cells tagged "history", are left out.

With a folder in --output, the verdicts of exercises are written to exercises.csv in it. A file that is no notebook,
fails or does not finish gets a row that says so, and the others run. Outputs of notebooks with the same name are in
folders, named after the notebooks' own. Cells run with your rights: run what others wrote in a container.

A value that begins with a quote or a bracket is JSON. So is how lists are given, and text with a comma in it:

  -p sizes=[100,1000]      one list
  -p 'city="Paris, Texas"' one text
  -p city=Paris,Texas      two texts, two runs`

func runCommand() *cobra.Command {
	var options runOptions
	cmd := &cobra.Command{
		Use:   "run NOTEBOOK...",
		Short: "Execute notebooks without a browser",
		Long:  runHelp,
		Example: "  " + program() + " run notebooks/05-primes.ipynb --list-parameters\n" +
			"  " + program() + " run notebooks/05-primes.ipynb -p start=30000 -p workers=1,2,4 -o out\n" +
			"  " + program() + " run class/*/*.ipynb -o out",
		RunE: func(cmd *cobra.Command, notebooks []string) error { return options.execute(cmd, notebooks) },
	}
	flags := cmd.Flags()
	flags.StringArrayVarP(&options.parameters, "parameter", "p", nil, "`name=value`, or name=value,value...; give it once for each parameter")
	flags.BoolVar(&options.list, "list-parameters", false, "print the notebooks' parameters and run nothing")
	flags.StringVarP(&options.output, "output", "o", "", "file for the executed notebook, or folder for several")
	flags.BoolVar(&options.inPlace, "in-place", false, "write the results into the notebooks themselves")
	flags.DurationVar(&options.timeout, "timeout", 10*time.Minute, "longest time a cell may take")
	flags.DurationVar(&options.budget, "budget", 0, "longest time a comparison of times may take, for a quick run with wide intervals; 0: as the notebook says")
	flags.BoolVarP(&options.verbose, "verbose", "v", false, "say which cell runs, also where stderr is no terminal, and all that a failed cell said")
	return cmd
}

func (o runOptions) execute(cmd *cobra.Command, notebooks []string) (err error) {
	refused, err := o.check(notebooks)
	if err != nil {
		return err
	}
	begun := false
	defer func() {
		if err != nil && !begun && cmd.Context().Err() != nil {
			err = fmt.Errorf("run: stopped; not started: %s", strings.Join(notebooks, ", "))
		}
	}()
	env, err := setup.LocateWithPython(cmd.Context(), ".")
	if err != nil {
		return err
	}
	release, err := env.Ready(cmd.Context(), cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	defer release()
	plans, err := o.planRuns(cmd.Context(), env, notebooks, refused)
	if err != nil {
		return fmt.Errorf("run: %w; --list-parameters shows what can be given", err)
	}
	if o.list {
		return listParameters(cmd.OutOrStdout(), notebooks, plans)
	}
	runs := runsOf(notebooks, plans)
	if err := o.checkRuns(runs); err != nil {
		return err
	}
	begun = true
	return runner{o, env, cmd.OutOrStdout(), cmd.ErrOrStderr()}.runAll(cmd.Context(), append(refusedRuns(notebooks, refused), runs...))
}

// check refuses, before anything is set up, what cannot work. Where exercises are collected it returns the notebooks that
// cannot run, so that the others do.
func (o runOptions) check(notebooks []string) (refused map[string]error, err error) {
	if o.output != "" && o.inPlace {
		return nil, errors.New("run: give --output or --in-place, not both")
	}
	if o.timeout < time.Second {
		return nil, fmt.Errorf("run: --timeout %s: give a second or more, as 10m", o.timeout)
	}
	if o.budget < 0 {
		return nil, fmt.Errorf("run: --budget %s: give a positive time, as 500ms", o.budget)
	}
	if len(notebooks) == 0 {
		return nil, errors.New("run: name a notebook, as in: " + program() + " run notebooks/05-primes.ipynb")
	}
	refused = map[string]error{}
	for _, notebook := range notebooks {
		if err := refusal(notebook); err != nil {
			refused[notebook] = err
		}
	}
	for _, notebook := range notebooks { // the first, in order
		if err := refused[notebook]; err != nil && (!o.collects() || o.list || len(refused) == len(notebooks)) {
			return nil, fmt.Errorf("run: %s %w", notebook, err)
		}
	}
	if err := o.checkNames(notebooks); err != nil {
		return nil, err
	}
	return refused, o.checkPlaces(notebooks)
}

// refusal returns why a file cannot be run, or nil.
func refusal(notebook string) error {
	info, err := os.Stat(notebook)
	if err == nil && !info.Mode().IsRegular() { // a pipe can be read only once, and a read of it may never end
		return errors.New("is not a regular file; give the path of a notebook")
	}
	content, err := os.ReadFile(notebook)
	if err != nil {
		return fmt.Errorf("cannot be read: %w; give the path of a notebook", reason.Of(err))
	}
	if err := coursebook.Check(content); err != nil {
		return fmt.Errorf("is not a notebook: %w", err)
	}
	return nil
}

// planRuns returns the plan of each notebook. A notebook that cannot run has no runs. Without parameters nothing is read, so
// that no notebook can spoil the plans of the others.
func (o runOptions) planRuns(ctx context.Context, env *setup.Environment, notebooks []string, refused map[string]error) ([]jupyter.Plan, error) {
	good := slices.DeleteFunc(slices.Clone(notebooks), func(path string) bool { return refused[path] != nil })
	found := slices.Repeat([]jupyter.Plan{{Runs: []jupyter.Values{{}}}}, len(good))
	if len(o.parameters) > 0 || o.list {
		var err error
		if found, err = jupyter.PlanRuns(ctx, env, good, o.parameters); err != nil {
			return nil, err
		}
	}
	plans := make([]jupyter.Plan, len(notebooks))
	for i, notebook := range notebooks {
		if refused[notebook] == nil {
			plans[i], found = found[0], found[1:]
		}
	}
	return plans, nil
}

// runner runs notebooks and tells of it.
type runner struct {
	runOptions
	env         *setup.Environment
	out, stderr io.Writer
}

// runAll runs every notebook, also after one has failed, and returns an error that names each failure.
func (r runner) runAll(ctx context.Context, runs []run) error {
	var failures []error
	collected := tables{wanted: sweeps(runs)}
	var checked exercises
	for i, one := range runs {
		start := time.Now()
		err := r.runOne(ctx, one, &collected)
		word := "ok    "
		if err != nil {
			word = "failed"
			failures = append(failures, fmt.Errorf("%s: %w", one.label(), err))
		}
		fmt.Fprintf(r.out, "%s %s in %.1f s\n", word, one.label(), time.Since(start).Seconds())
		if r.collects() { // another output need not be a file that ends
			checked.add(one, r.outputOf(one), time.Since(start), err)
		}
		if ctx.Err() != nil {
			checked.notStarted(runs[i+1:])
			failures = append(failures, notStarted(runs[i+1:]))
			break
		}
	}
	if collected.wanted {
		failures = append(failures, r.showTables(&collected))
	}
	if r.collects() {
		failures = append(failures, r.writeExercises(checked))
	}
	return errors.Join(failures...)
}

// notStarted is an error that names the runs that did not begin, or nil if there are none.
func notStarted(runs []run) error {
	if len(runs) == 0 {
		return nil
	}
	labels := make([]string, len(runs))
	for i, one := range runs {
		labels[i] = one.label()
	}
	return fmt.Errorf("not started: %s", strings.Join(labels, ", "))
}

// runOne runs one notebook, and collects its tables also when it failed: those before the failure are whole.
func (r runner) runOne(ctx context.Context, one run, collected *tables) error {
	if one.refused != nil {
		return one.refused
	}
	output, discard, err := r.place(one)
	if err != nil {
		return err
	}
	defer discard()
	progress := r.progress(one)
	err = jupyter.Execution{
		Notebook: one.notebook, Output: output, Timeout: r.timeout, Budget: r.budget, Verdicts: r.collects(),
		Parameters: one.values.YAML, Progress: progress.tell,
	}.Run(ctx, r.env)
	progress.end()
	collected.add(one, output)
	switch {
	case r.inPlace && err == nil:
		return replace(one.notebook, output)
	case err != nil && (r.inPlace || r.output != "" && errors.Is(err, jupyter.ErrStopped)):
		if _, nothing := os.Stat(output); nothing == nil {
			err = fmt.Errorf("%w; what was executed is in %s", err, output)
		}
	}
	return r.inDetail(err)
}

// inDetail adds to the line of a failed cell all that the cell said, where that is asked for.
func (r runner) inDetail(err error) error {
	var failed *jupyter.CellError
	if r.verbose && errors.As(err, &failed) && failed.Detail != "" {
		return fmt.Errorf("%w\n    %s", err, strings.ReplaceAll(failed.Detail, "\n", "\n    "))
	}
	return err
}
