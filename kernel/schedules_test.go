package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"multiprocessing/kernel/coursebook"
	"multiprocessing/kernel/internal/setup"
)

func TestACellRunsByEverySchedule(t *testing.T) {
	t.Parallel()
	env := setUp(t)
	path := notebook(t, "var total int",
		"%schedules\ncount := 0\nvar wg sync.WaitGroup\nfor range 2 { wg.Go(func() { count++ }) }\nwg.Wait()\ncheck(count == 2)",
		"%schedules\ncount := 0\nvar wg sync.WaitGroup\nvar mu sync.Mutex\nfor range 2 { wg.Go(func() { mu.Lock(); count++; total++; mu.Unlock() }) }\nwg.Wait()\ncheck(count == 2 && total == 2)",
		"%schedules 3@2\ncount := 0\nfor range 2 { go func() { count++ }() }",
		"%schedules\nx := 1\nos.Remove(fmt.Sprint(x))",
		"%schedules\ncheck(missing == 1)",
		"type tally struct{ n int }\nfunc (t *tally) add() {\n\tt.n++\n}",
		"%schedules\nvar t tally\ngo t.add()\nt.add()",
		"%schedules play\ncount := 0\ngo func() { count++ }()\ncount++")
	cmd := exec.CommandContext(t.Context(), env.VenvPython(), "testdata/execute.py", path)
	cmd.Env = append(setup.WithoutPythonSettings(os.Environ()), "JUPYTER_DATA_DIR="+env.Data(), "TMPDIR="+t.TempDir())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	book, err := coursebook.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	shown := func(i int) string {
		text := ""
		for _, o := range book.Cells[i].Outputs {
			content, err := json.Marshal(o)
			if err != nil {
				t.Fatal(err)
			}
			text += strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(string(content))
		}
		return text
	}
	for i, wants := range [][]string{
		{},
		{"4 of 6 schedules fail; data race on count at line 4", "check failed at line 6", "<svg "},
		{"none of 2 schedules is wrong"},
		{"schedule 3@2", "goroutine 3: count = 1"},
		{"Cell [5] line 3: %schedules cannot follow package os"},
		{"Cell [6] line 2: undefined: missing"},
		{},
		{"but a data race on t.n at Cell [7] line 3", ">Cell [7] line 3</text>"},
		{"You are the scheduler of a program with ", "<script>"},
	} {
		for _, want := range wants {
			if outputs := shown(i); !strings.Contains(outputs, want) {
				t.Errorf("cell %d: want %s, got %s", i+1, want, outputs)
			}
		}
	}
}
