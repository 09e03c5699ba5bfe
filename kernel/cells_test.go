package main

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"multiprocessing/kernel/internal/setup"
)

// executeAll executes a notebook of cells, also after one that fails, and returns what each printed.
func executeAll(t *testing.T, cells ...string) []string {
	t.Helper()
	env := setUp(t)
	path := notebook(t, cells...)
	cmd := exec.CommandContext(t.Context(), env.VenvPython(), "testdata/execute.py", path)
	cmd.Env = append(setup.WithoutPythonSettings(os.Environ()), "JUPYTER_DATA_DIR="+env.Data(), "TMPDIR="+t.TempDir())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return stdout(t, path)
}

func TestProcessesMessagesAndSharedMemoryWorkInCells(t *testing.T) {
	t.Parallel()
	printed := executeAll(t, `import (
	"multiprocessing/lib/message"
	"multiprocessing/lib/process"
	"multiprocessing/lib/sharedmem"
)

type job struct {
	Item  int
	Queue *message.Queue[int]
	Sum   *sharedmem.Value[int64]
}

func square(j job) int {
	fmt.Println("squaring", j.Item)
	j.Sum.Add(int64(j.Item))
	if err := j.Queue.Put(j.Item * j.Item); err != nil {
		panic(err)
	}
	return os.Getpid()
}

var squareTask = process.Register("square", square)`, `%%
p, err := process.NewPool(context.Background(), 2)
if err != nil {
	panic(err)
}
defer p.Close()
q := message.NewQueue[int](10)
defer q.Discard()
sum, err := sharedmem.NewValue[int64](0)
if err != nil {
	panic(err)
}
defer sum.Close()
var jobs []job
for i := range 4 {
	jobs = append(jobs, job{i, q, sum})
}
pids, err := process.Map(context.Background(), p, jobs, squareTask, process.Chunk(1))
fmt.Println("elsewhere:", !slices.Contains(pids, os.Getpid()), err)
var squares []int
for range jobs {
	n, err := q.Get()
	if err != nil {
		panic(err)
	}
	squares = append(squares, n)
}
slices.Sort(squares)
fmt.Println(squares, sum.Load())`)[1]
	var result, tasks []string
	for line := range strings.Lines(printed) {
		if strings.Contains(line, "squaring") {
			tasks = append(tasks, strings.TrimSpace(line[strings.Index(line, "squaring"):]))
		} else {
			result = append(result, strings.TrimSpace(line))
		}
	}
	if want := []string{"elsewhere: true <nil>", "[0 1 4 9] 6"}; !slices.Equal(result, want) {
		t.Errorf("the cell printed %q, want %q among the lines", result, want)
	}
	slices.Sort(tasks)
	if want := []string{"squaring 0", "squaring 1", "squaring 2", "squaring 3"}; !slices.Equal(tasks, want) {
		t.Errorf("the workers' output is %q, want %q in %q", tasks, want, printed)
	}
}

// A cell that ends without a Close, by whatever way, leaves no worker behind: the cell after it looks for them.
func TestWorkersEndWithTheirCell(t *testing.T) {
	t.Parallel()
	const declarations = `import (
	"strconv"

	"multiprocessing/lib/process"
)

var file = filepath.Join(os.TempDir(), "workers")

// busy computes for ever, once it has written down which process it is.
func busy(int) int {
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	fmt.Fprintln(f, os.Getpid())
	f.Close()
	for {
	}
}

var busyTask = process.Register("busy", busy)

// workers waits for two and returns them.
func workers() []int {
	for {
		content, _ := os.ReadFile(file)
		if words := strings.Fields(string(content)); len(words) == 2 {
			a, _ := strconv.Atoi(words[0])
			b, _ := strconv.Atoi(words[1])
			return []int{a, b}
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func start() {
	os.Remove(file)
	p, err := process.NewPool(context.Background(), 2)
	if err != nil {
		panic(err)
	}
	go process.Map(context.Background(), p, []int{1, 2}, busyTask, process.Chunk(1))
	workers()
}`
	const look = `%%
for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
	left := 0
	for _, pid := range workers() {
		if syscall.Kill(pid, 0) == nil {
			left++
		}
	}
	if left == 0 || time.Now().After(deadline) {
		fmt.Println("left:", left)
		break
	}
}`
	ways := map[string]string{
		"returns":        `start()`,
		"panics":         "start()\npanic(1)",
		"exits":          "start()\nos.Exit(3)",
		"is killed":      "start()\nsyscall.Kill(os.Getpid(), syscall.SIGKILL)\ntime.Sleep(time.Minute)",
		"is interrupted": "start()\nsyscall.Kill(os.Getpid(), syscall.SIGINT)\ntime.Sleep(time.Minute)",
	}
	cells := []string{declarations}
	var names []string
	for name, body := range ways {
		names = append(names, name)
		cells = append(cells, "%%\n"+body, look)
	}
	printed := executeAll(t, cells...)
	for i, name := range names {
		if got := printed[2+2*i]; got != "left: 0\n" {
			t.Errorf("after a cell that %s: %q, want no worker left", name, got)
		}
	}
}
