package jupyter

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"unicode/utf8"

	"multiprocessing/kernel/internal/reason"
	"multiprocessing/kernel/internal/setup"
)

// Parameter is one that a notebook declares.
type Parameter struct {
	Name    string
	Type    string // empty where the cell does not tell
	Default string
	Limits  string // as the comment has them; empty where it has none that can be read
	Comment string
}

// Value is what a parameter is given in a run, as it was written.
type Value struct{ Name, Text string }

// Values are those of one run of one notebook.
type Values struct {
	List []Value `json:"values"`
	YAML string  // for papermill
}

// Plan says what a notebook declares, and with which values it is to run.
type Plan struct {
	Declared []Parameter
	Runs     []Values
}

// PlanRuns reads the parameters of the notebooks, and works out the runs that the arguments, as "workers=1,2,4", ask
// for. A name or a value that the notebooks do not take is an error here, before anything runs.
//
// The rules are those of our Python package alone: papermill's own command line needs them there, and a second set in Go
// could only differ.
func PlanRuns(ctx context.Context, env *setup.Environment, notebooks, arguments []string) ([]Plan, error) {
	request, err := planRequest(notebooks, arguments)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, env.VenvPython(), "-I", "-X", "utf8", "-m", "gonb_papermill.plan")
	cmd.Env = setup.WithoutPythonSettings(os.Environ())
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(request), &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("reading the parameters: %w: %s", err, reason.LastLine(stderr.String()))
	}
	var answer struct {
		Notebooks []Plan
		Error     string
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		return nil, fmt.Errorf("reading the parameters: %w", err)
	}
	if answer.Error != "" {
		return nil, errors.New(answer.Error)
	}
	return answer.Notebooks, nil
}

func planRequest(notebooks, arguments []string) ([]byte, error) {
	paths := make([]string, len(notebooks))
	for i, notebook := range notebooks {
		path, err := filepath.Abs(notebook)
		if err != nil {
			return nil, err
		}
		paths[i] = path
	}
	for _, argument := range arguments {
		if !utf8.ValidString(argument) {
			return nil, fmt.Errorf("parameter %q: want text in UTF-8", argument)
		}
	}
	return json.Marshal(map[string]any{"notebooks": paths, "parameters": append([]string{}, arguments...)})
}
