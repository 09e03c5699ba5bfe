//go:build unix

package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"multiprocessing/kernel/internal/jupyter"
)

// run is one run of one notebook.
type run struct {
	notebook string
	file     string // the name of its output, which carries the values that change
	values   jupyter.Values
	changing []jupyter.Value // those of the parameters with several values
}

// label names the run to the reader.
func (r run) label() string {
	if len(r.changing) == 0 {
		return r.notebook
	}
	return fmt.Sprintf("%s (%s)", r.notebook, joined(r.changing, ", "))
}

// sweeps tells whether a notebook is run more than once.
func sweeps(runs []run) bool {
	for _, one := range runs {
		if len(one.changing) > 0 {
			return true
		}
	}
	return false
}

// runsOf lists the runs, with a file name of its own for each.
func runsOf(notebooks []string, plans []jupyter.Plan) []run {
	var runs []run
	taken := map[string]bool{}
	for i, plan := range plans {
		changes := changing(plan.Runs)
		for _, values := range plan.Runs {
			one := run{notebook: notebooks[i], values: values}
			for _, value := range values.List {
				if changes[value.Name] {
					one.changing = append(one.changing, value)
				}
			}
			one.file = freeName(one, taken)
			runs = append(runs, one)
		}
	}
	return runs
}

// changing are the parameters that do not have the same value in all the runs.
func changing(runs []jupyter.Values) map[string]bool {
	changes := map[string]bool{}
	for _, values := range runs {
		for i, value := range values.List {
			if value != runs[0].List[i] {
				changes[value.Name] = true
			}
		}
	}
	return changes
}

// freeName returns a name that every file system takes, and that no other run has: also not in other case.
func freeName(one run, taken map[string]bool) string {
	base := filepath.Base(one.notebook)
	stem := strings.TrimSuffix(base, ".ipynb")
	if len(one.changing) > 0 {
		stem += "-" + strings.Map(safe, shortened(joined(one.changing, ",")))
	}
	name := stem
	for i := 2; taken[strings.ToLower(name)]; i++ {
		name = fmt.Sprintf("%s-%d", stem, i)
	}
	taken[strings.ToLower(name)] = true
	return name + ".ipynb"
}

func safe(r rune) rune {
	if strings.ContainsRune("=,.+-_", r) || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
		return r
	}
	return '_'
}

// shortened keeps names below the 255 bytes that file systems allow.
func shortened(text string) string {
	const most = 100
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most])
	}
	return text
}

func joined(values []jupyter.Value, separator string) string {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = value.Name + "=" + value.Text
	}
	return strings.Join(texts, separator)
}
