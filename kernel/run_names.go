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
	file     string // the path of its output below the folder of outputs; its name carries the values that change
	refused  error  // why it cannot run
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

// refusedRuns lists the notebooks that cannot run.
func refusedRuns(notebooks []string, refused map[string]error) (runs []run) {
	for _, notebook := range notebooks {
		if err := refused[notebook]; err != nil {
			runs = append(runs, run{notebook: notebook, refused: err})
		}
	}
	return runs
}

// runsOf lists the runs, with a file name of its own for each.
func runsOf(notebooks []string, plans []jupyter.Plan) []run {
	var runs []run
	folders := outputFolders(notebooks)
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
			one.file = filepath.Join(folders[i], freeName(one, folders[i], taken))
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

// outputFolders returns for each notebook the folder of its output. There are none if all notebooks have different names;
// otherwise each has that in which it lies, below the folder that holds them all: a class has one for each student.
func outputFolders(notebooks []string) []string {
	own, names := make([]string, len(notebooks)), map[string]bool{}
	for i, notebook := range notebooks {
		own[i], _ = filepath.Abs(filepath.Dir(notebook)) // an error leaves it empty: the notebook was read, so there is none
		names[strings.ToLower(filepath.Base(notebook))] = true
	}
	if len(names) == len(notebooks) {
		return make([]string, len(notebooks))
	}
	all := own[0]
	for i := 0; i < len(own); {
		if below, err := filepath.Rel(all, own[i]); err == nil && filepath.IsLocal(below) {
			i++
		} else {
			all = filepath.Dir(all)
		}
	}
	for i := range own {
		own[i], _ = filepath.Rel(all, own[i])
	}
	return own
}

// freeName returns a name that every file system takes, and that no other run has in this folder: also not in other case.
func freeName(one run, folder string, taken map[string]bool) string {
	base := filepath.Base(one.notebook)
	stem := strings.TrimSuffix(base, ".ipynb")
	if len(one.changing) > 0 {
		stem += "-" + strings.Map(safe, shortened(joined(one.changing, ",")))
	}
	name := stem
	place := func() string { return strings.ToLower(filepath.Join(folder, name)) }
	for i := 2; taken[place()]; i++ {
		name = fmt.Sprintf("%s-%d", stem, i)
	}
	taken[place()] = true
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
