package main

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// The kernels' names in the tables.
const (
	ours  = "ours"
	stock = "stock GoNB"
)

// kernel is one of those that are compared.
type kernel struct {
	Name     string `json:"name"`
	Folder   string `json:"spec"` // the name of its kernelspec
	language string
	Cells    map[string]cells `json:"cells"` // by group
}

// spec is a kernel.json.
type spec struct {
	Argv          []string          `json:"argv"`
	DisplayName   string            `json:"display_name"`
	Language      string            `json:"language"`
	InterruptMode string            `json:"interrupt_mode,omitempty"`
	Env           map[string]string `json:"env,omitempty"`
}

// bench is what is needed to measure.
type bench struct {
	course, specs string
	python        string // of the course's set-up, with jupyter_client and ipykernel
	kernels       []kernel
}

// setUp has the course set up, and writes a kernelspec for each kernel below folder.
func setUp(course, folder string) (*bench, error) {
	b := &bench{course: course, specs: filepath.Join(folder, "share", "jupyter", "kernels")}
	interpreter, data, err := courseSetUp(course, folder)
	if err != nil {
		return nil, err
	}
	b.python = interpreter
	own, err := readSpec(filepath.Join(data, "kernels", "gonb", "kernel.json"))
	if err != nil {
		return nil, err
	}
	if err := b.addOurs(own, filepath.Join(folder, "cells")); err != nil {
		return nil, err
	}
	if err := b.addStock(own, filepath.Join(folder, "bin")); err != nil {
		return nil, err
	}
	if err := b.add("ipykernel", "ipykernel", spec{Argv: []string{b.python, "-m", "ipykernel_launcher", "-f", "{connection_file}"}, Language: python}); err != nil {
		return nil, err
	}
	if evcxr, err := exec.LookPath("evcxr_jupyter"); err == nil {
		return b, b.add("evcxr", "evcxr", spec{Argv: []string{evcxr, "--control_file", "{connection_file}"}, Language: rust, InterruptMode: "message"})
	}
	return b, nil
}

func goRun(course string, args ...string) error {
	cmd := exec.Command("go", append([]string{"run", "./kernel"}, args...)...)
	cmd.Dir, cmd.Stderr = course, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("go run ./kernel %s: %w", args[0], err)
	}
	return nil
}

// courseSetUp asks a cell for the Python of the set-up, which is made if it was not, and for the folder of its
// kernelspec. The kernel is not installed for this: what is installed is noted in the user's cache.
func courseSetUp(course, folder string) (interpreter, data string, err error) {
	const book = `{"cells":[{"cell_type":"code","execution_count":null,"id":"a","metadata":{},"outputs":[],"source":"%%\nfmt.Println(os.Getenv(\"MULTIPROCESSING_PYTHON\"))\nfmt.Println(os.Getenv(\"JUPYTER_PATH\"))"}],"metadata":{"kernelspec":{"display_name":"Go (gonb)","language":"go","name":"gonb"}},"nbformat":4,"nbformat_minor":5}`
	asking, answer := filepath.Join(folder, "ask.ipynb"), filepath.Join(folder, "answer.ipynb")
	if err := os.WriteFile(asking, []byte(book), 0o600); err != nil {
		return "", "", err
	}
	if err := goRun(course, "run", asking, "-o", answer); err != nil {
		return "", "", err
	}
	printed, err := readPrinted(answer)
	if err != nil {
		return "", "", err
	}
	lines := strings.Split(strings.TrimRight(printed, "\n"), "\n")
	if len(lines) != 2 || lines[0] == "" || lines[1] == "" {
		return "", "", fmt.Errorf("a cell does not say where the set-up's Python and kernelspec are: it printed %q", printed)
	}
	return lines[0], lines[1], nil
}

// readPrinted returns what the cells of an executed notebook printed.
func readPrinted(path string) (string, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	var executed struct {
		Cells []struct{ Outputs []struct{ Text any } }
	}
	if err := json.Unmarshal(content, &executed); err != nil {
		return "", err
	}
	var printed strings.Builder
	for _, cell := range executed.Cells {
		for _, output := range cell.Outputs {
			switch text := output.Text.(type) {
			case string:
				printed.WriteString(text)
			case []any:
				for _, line := range text {
					fmt.Fprint(&printed, line)
				}
			}
		}
	}
	return printed.String(), nil
}

func readSpec(path string) (s spec, err error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(content, &s)
}

// add writes a kernelspec and has the kernel measured.
func (b *bench) add(name, folder string, s spec) error {
	s.DisplayName = name
	content, err := json.Marshal(s)
	if err != nil {
		return err
	}
	path := filepath.Join(b.specs, folder, "kernel.json")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	b.kernels = append(b.kernels, kernel{Name: name, Folder: folder, language: s.Language})
	return os.WriteFile(path, content, 0o600)
}

// addOurs adds the kernel as set-up writes it, but with what it keeps from cell to cell as set-up leaves it: without
// that of earlier measurements.
func (b *bench) addOurs(own spec, kept string) error {
	packages := filepath.Join(own.Env["MULTIPROCESSING_CELLS"], "packages")
	if err := os.CopyFS(filepath.Join(kept, "packages"), os.DirFS(packages)); err != nil {
		return err
	}
	own.Env["MULTIPROCESSING_CELLS"] = kept
	return b.add(ours, "ours", own)
}

// addStock adds GoNB as anybody installs it: the same programs, but the user's own go command, proxy and flags. It is
// told of the course by GoNB's flag for that.
func (b *bench) addStock(own spec, bin string) error {
	tools := filepath.SplitList(own.Env["PATH"])[0]
	if err := os.MkdirAll(bin, 0o700); err != nil {
		return err
	}
	for _, name := range []string{"gonb", "goimports", "gopls"} {
		program := filepath.Join(filepath.Dir(tools), name) // where a script of the kernel stands in its place
		if _, err := os.Stat(program); err != nil {
			program = filepath.Join(tools, name)
		}
		if err := os.Symlink(program, filepath.Join(bin, name)); err != nil {
			return err
		}
	}
	return b.add(stock, "stock", spec{
		Argv:     []string{filepath.Join(bin, "gonb"), "--kernel", "{connection_file}", "-go_work=" + b.course},
		Language: golang, InterruptMode: "message",
		Env: map[string]string{"PATH": strings.Join([]string{bin, os.Getenv("PATH")}, string(filepath.ListSeparator))},
	})
}

// client is the Python program that talks to the kernels, as Jupyter's own clients do.
//
//go:embed client.py
var client string

// measure runs the client and returns its samples.
func (b *bench) measure(chosen []group, rounds int) ([]sample, error) {
	for i, k := range b.kernels {
		b.kernels[i].Cells = map[string]cells{}
		for _, g := range chosen {
			if g.Kind == "memory" && k.Name == stock {
				continue // ten of it take minutes: each asks gopls nothing for 12 s
			}
			if c, ok := g.cells[k.language]; ok {
				if k.Name == stock {
					c.Before, c.Code = cmp.Or(g.stock.Before, c.Before), cmp.Or(g.stock.Code, c.Code)
				}
				b.kernels[i].Cells[g.Name] = c
			}
		}
	}
	plan, err := json.Marshal(map[string]any{"specs": b.specs, "kernels": b.kernels, "groups": chosen, "rounds": rounds})
	if err != nil {
		return nil, err
	}
	var out, log bytes.Buffer // GoNB logs much that nobody asked for
	cmd := exec.Command(b.python, "-c", client, string(plan))
	cmd.Stdout, cmd.Stderr = &out, &log
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("measuring: %w\n%s", err, log.String())
	}
	var samples []sample
	for decoder := json.NewDecoder(&out); ; {
		var s sample
		if err := decoder.Decode(&s); errors.Is(err, io.EOF) {
			return samples, nil
		} else if err != nil {
			return nil, err
		}
		samples = append(samples, s)
	}
}
