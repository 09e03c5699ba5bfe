package python_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"multiprocessing/lib/python"
)

func ExampleScript() {
	out, err := python.Script(context.Background(), "import sys\nprint(sum(map(int, sys.argv[1:])))", "20", "22")
	fmt.Println(out, err)
	// Output:
	// 42
	//  <nil>
}

func ExampleScriptReport() {
	var report struct{ Right, Left int }
	err := python.ScriptReport(context.Background(), &report, `print('{"right": 42, "left": 1}')`)
	fmt.Println(report.Right, report.Left, err)
	// Output: 42 1 <nil>
}

// sleepers starts a process of its own and waits for it.
const sleepers = `
import multiprocessing, time
if __name__ == "__main__":
    p = multiprocessing.Process(target=time.sleep, args=(600,))
    p.start()
    p.join()
`

func TestAScriptStartsProcessesByEveryMethod(t *testing.T) {
	needPython(t)
	const program = `
import multiprocessing, sys
def square(n): return n * n
if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv[1])
    with multiprocessing.Pool(2) as pool:
        print(pool.map(square, range(4)))
`
	for _, method := range []string{"fork", "spawn", "forkserver"} {
		out, err := python.Script(context.Background(), program, method)
		if err != nil || out != "[0, 1, 4, 9]\n" {
			t.Errorf("%s: got %q, %v", method, out, err)
		}
	}
}

func TestAScriptThatFailsSaysWhy(t *testing.T) {
	needPython(t)
	for program, want := range map[string]string{
		"raise ValueError('no such car')":    "ValueError: no such car (exit status 1)",
		"import os; os._exit(3)":             "wrote no reason: exit status 3",
		"import os; os.kill(os.getpid(), 9)": "wrote no reason: exit status 137",
	} {
		_, err := python.Script(context.Background(), program)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "Traceback") {
			t.Errorf("%s: got %v, want an error with %q", program, err, want)
		}
	}
	var number int
	err := python.ScriptReport(context.Background(), &number, "print('nonsense')")
	if err == nil || !strings.Contains(err.Error(), `"nonsense\n" is not JSON for a *int`) {
		t.Errorf("got %v", err)
	}
}

func TestAMissingPythonIsAnErrorOfAScriptToo(t *testing.T) {
	t.Setenv("MULTIPROCESSING_PYTHON", "")
	t.Setenv("PATH", t.TempDir())
	_, err := python.Script(context.Background(), "print(1)")
	if err == nil || !strings.Contains(err.Error(), "install Python 3.8 or later") {
		t.Errorf("got %v", err)
	}
}

func TestCancelingEndsAScriptAndItsChildren(t *testing.T) {
	needPython(t)
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir) // the program's path tells our processes from others
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() {
		_, err := python.Script(ctx, sleepers)
		done <- err
	}()
	await(t, "the guard, the program and its child to run", func() bool { return running(dir) > 2 })
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	await(t, "all processes to end", func() bool { return running(dir) == 0 })
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func BenchmarkScript(b *testing.B) {
	needPython(b)
	for b.Loop() {
		if _, err := python.Script(context.Background(), "pass"); err != nil {
			b.Fatal(err)
		}
	}
}
