package sharedmem

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/gob"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"
)

// childMode, in the environment, makes the test program another process that
// uses shared memory.
const childMode = "SHAREDMEM_TEST_CHILD"

func TestMain(m *testing.M) {
	if mode := os.Getenv(childMode); mode != "" {
		children[mode]()
		return
	}
	goleak.VerifyTestMain(m)
}

// children are what other processes do in these tests. What they are given
// stands on their first line of input; on the next lines is what to do.
var children = map[string]func(){
	"add": func() {
		v := handed[Value[int]]()
		times(func(n int) {
			for range n {
				v.Add(1)
			}
		})
	},
	"add bare": func() { // what nothing can be faster than
		v := handed[Value[int64]]()
		times(func(n int) {
			for range n {
				atomic.AddInt64(v.number, 1)
			}
		})
	},
	"add float": func() { v := handed[Value[float64]](); each(func() { v.Add(0.5) }) },
	"add under the lock": func() {
		v := handed[Value[int]]()
		each(func() {
			if err := v.Lock(); err != nil {
				panic(err)
			}
			v.Store(v.Load() + 1)
			v.Unlock()
		})
	},
	"add without the lock": func() {
		v := handed[Value[int]]()
		each(func() {
			n := v.Load()
			runtime.Gosched()
			v.Store(n + 1)
		})
	},
	"fill": func() {
		a, from, to := handed[Array[float64]](), number(), number()
		a.View(from, to, func(part []float64) {
			for i := range part {
				part[i] = float64(from + i)
			}
		})
	},
	"hold the lock": func() {
		a := handed[Array[int]]()
		if err := a.Lock(); err != nil {
			panic(err)
		}
		a.Store(0, 1) // a change that is half done
		fmt.Println("held")
		io.Copy(io.Discard, input)
	},
	"own": func() {
		a, err := NewArray[int](3)
		if err != nil {
			panic(err)
		}
		a.Store(2, 42)
		handOver(os.Stdout, a)
		io.Copy(io.Discard, input)
	},
	"lock and die in between": func() {
		a := handed[Array[int]]()
		for {
			if err := a.Lock(); err != nil {
				a.Store(1, a.Load(0)) // put it right
			}
			a.Add(0, 1)
			a.Add(1, 1)
			a.Unlock()
		}
	},
}

// each does what it is told as often as it is told, says so and waits for
// the end of its input.
func each(do func()) {
	times(func(n int) {
		for range n {
			do()
		}
	})
}

// times is each for what counts by itself.
func times(do func(n int)) {
	fmt.Println("ready")
	do(number())
	fmt.Println("done")
	io.Copy(io.Discard, input)
}

var input = bufio.NewReader(os.Stdin)

func number() int {
	line, err := input.ReadString('\n')
	if err != nil {
		panic(err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		panic(err)
	}
	return n
}

// handOver writes what is shared for handed to read.
func handOver(w io.Writer, v any) {
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(v); err != nil {
		panic(err)
	}
	fmt.Fprintln(w, base64.StdEncoding.EncodeToString(b.Bytes()))
}

func handed[T any]() *T { return receive[T](input) }

func receive[T any](r *bufio.Reader) *T {
	line, err := r.ReadString('\n')
	if err != nil {
		panic(err)
	}
	return receiveLine[T](line)
}

func receiveLine[T any](line string) *T {
	b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(line))
	if err != nil {
		panic(err)
	}
	v := new(T)
	if err := gob.NewDecoder(bytes.NewReader(b)).Decode(v); err != nil {
		panic(err)
	}
	return v
}

// child is another process.
type child struct {
	*exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
	end func()
}

// start starts a process that does what mode says, with v. It is killed at
// the end of the test, if not before.
func start(t testing.TB, mode string, v any) *child {
	t.Helper()
	c := &child{Cmd: exec.Command(os.Args[0])}
	c.end = sync.OnceFunc(func() { c.Wait() })
	c.Env = append(os.Environ(), childMode+"="+mode, "GORACE=atexit_sleep_ms=0")
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	must(t, err)
	c.out = bufio.NewReader(out)
	c.in, err = c.StdinPipe()
	must(t, err)
	must(t, c.Start())
	t.Cleanup(c.kill)
	if v != nil {
		handOver(c.in, v)
	}
	return c
}

// kill kills the process and waits for it.
func (c *child) kill() {
	c.Process.Kill()
	c.end()
}

// tell writes a line of input.
func (c *child) tell(v any) { fmt.Fprintln(c.in, v) }

// line is the next line that the process prints.
func (c *child) line(t testing.TB) string {
	t.Helper()
	line, err := c.out.ReadString('\n')
	if err != nil {
		t.Fatal("the process printed nothing more:", err)
	}
	return strings.TrimSpace(line)
}

// together has processes do something n times each, at the same time.
func together(t testing.TB, n int, all ...*child) {
	t.Helper()
	for _, c := range all {
		c.line(t) // ready
	}
	for _, c := range all {
		c.tell(n)
	}
	for _, c := range all {
		if got := c.line(t); got != "done" {
			t.Errorf("a process says %q", got)
		}
	}
}

// travel returns v as another argument with it would bring it.
func travel[T any](t testing.TB, v *T) *T {
	t.Helper()
	var b bytes.Buffer
	must(t, gob.NewEncoder(&b).Encode(v))
	other := new(T)
	must(t, gob.NewDecoder(&b).Decode(other))
	return other
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func mustValue[T Number](t testing.TB, n T) *Value[T] {
	t.Helper()
	skipWithout(t)
	v, err := NewValue(n)
	must(t, err)
	t.Cleanup(func() { must(t, v.Close()) })
	return v
}

func mustArray[T Number](t testing.TB, length int) *Array[T] {
	t.Helper()
	skipWithout(t)
	a, err := NewArray[T](length)
	must(t, err)
	t.Cleanup(func() { must(t, a.Close()) })
	return a
}

// skipWithout skips where there is no memory between processes.
func skipWithout(t testing.TB) {
	t.Helper()
	v, err := NewValue(0)
	if err != nil && strings.Contains(err.Error(), "not supported") {
		t.Skip(err)
	}
	must(t, err)
	v.Close()
}

func wantText(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error is %v, want %q", err, want)
	}
}

// mustPanic returns what f panicked with.
func mustPanic(t *testing.T, f func()) (value any) {
	t.Helper()
	defer func() {
		if value = recover(); value == nil {
			t.Error("did not panic")
		}
	}()
	f()
	return nil
}
