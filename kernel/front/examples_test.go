package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"multiprocessing/kernel/coursebook"
	"multiprocessing/kernel/internal/setup"
)

// examples are the notebooks by which GoNB is tested, but for those that need the internet, a browser or a person.
var examples = []string{"hello", "init", "vartuple", "goflags", "bash_script", "writefile", "capture", "gonbui", "errors", "functions", "gotest", "gowork"}

// varies is what differs from run to run: folders, random names, times; and places, which the front finds in cells.
var varies = regexp.MustCompile(`/\S*(?:gonb_[0-9a-f]{8}|multiprocessing-kernel-)\S*|gonb_[0-9a-f]{8}|gonb_tests_gowork_\w+|\b_(?:~\d+)?</pre>|(?:\./main\.go|Cell \[\d+\]|\bgenerated):\d+:\d+|/\S*/front\d+\S*|/\S*/\d{3}\b|\b\d+(?:\.\d+)?(?:ns|µs|ms|s)\b|\s+\d+\s+\d+(?:\.\d+)? ns/op|0x[0-9a-f]+|\x1b\[[0-9;]*m`)

func TestGoNBsOwnNotebooksGiveWhatTheyGiveWithoutTheFront(t *testing.T) {
	t.Parallel()
	env := setUp(t)
	source, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/janpfeifer/gonb").Output()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll("/tmp/gonb_examples_test_goflags_cover") }) // which goflags names
	folder := filepath.Join(strings.TrimSpace(string(source)), "examples", "tests")
	for _, name := range examples {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			book, err := coursebook.Read(filepath.Join(folder, name+".ipynb"))
			if err != nil {
				t.Fatal(err)
			}
			stock, ours := exampleKernel(t, env, false), exampleKernel(t, env, true)
			for _, cell := range book.Cells {
				if cell.Type == "code" {
					sameOutputs(t, string(cell.Source), stock, ours)
				}
			}
		})
	}
}

// exampleKernel starts a kernel, with the front or GoNB alone, in a folder of its own and with no network.
func exampleKernel(t *testing.T, env *setup.Environment, front bool) *client {
	t.Helper()
	c := newClient(t, env, "GOPROXY=off")
	c.cmd.Dir = t.TempDir()
	if !front {
		c.withoutFront()
	}
	c.start()
	return c
}

// tries are how often a cell is run until it shows the same in both. What a program shows with gonbui just before it
// ends, without gonbui.Sync, GoNB now and then drops: it closes the pipe without reading what is left in it.
const tries = 4

// sameOutputs compares what a cell printed and showed. Of one that failed, the error and what stands on standard error
// are said otherwise by the front; that it failed, and what it printed, is the same.
func sameOutputs(t *testing.T, code string, stock, ours *client) {
	t.Helper()
	var want, got []string
	for range tries {
		alone, behind := stock.execute(code), ours.execute(code)
		if alone.status() != behind.status() {
			t.Errorf("status %s with GoNB alone, %s with the front: %s\n%s", alone.status(), behind.status(), code, behind.traceback())
			return
		}
		if want, got = shown(alone), shown(behind); slices.Equal(want, got) {
			return
		}
	}
	t.Errorf("cell\n%s\nshows with GoNB alone\n%q\nand with the front\n%q", code, want, got)
}

func shown(r *asked) []string {
	all := []string{"stdout " + varies.ReplaceAllString(r.stream("stdout"), "VARIES")}
	failed := r.status() == "error"
	if !failed {
		all = append(all, "stderr "+varies.ReplaceAllString(r.stream("stderr"), "VARIES"))
	}
	for _, m := range r.published() {
		var content struct{ Data map[string]any }
		if err := json.Unmarshal(m.Content, &content); err != nil {
			r.client.t.Error(err)
		}
		for kind, data := range content.Data {
			if text := fmt.Sprint(data); !failed || !strings.Contains(text, "gonb-err") {
				all = append(all, kind+" "+varies.ReplaceAllString(text, "VARIES"))
			}
		}
	}
	slices.Sort(all)
	return all
}
