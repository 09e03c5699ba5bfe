package message

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// childMode, in the environment, makes the test program another process that
// uses a queue or a pipe.
const childMode = "MESSAGE_TEST_CHILD"

func TestMain(m *testing.M) {
	if mode := os.Getenv(childMode); mode != "" {
		children[mode]()
		return
	}
	goleak.VerifyTestMain(m)
}

// children are what other processes do in these tests.
var children = map[string]func(){
	"get and print": func() {
		q := handed[Queue[int]]()
		for v := range q.All() {
			fmt.Println(v)
		}
	},
	"put for ever": func() {
		q := handed[Queue[[]int]]()
		for i := 0; ; i++ {
			if err := q.Put(numbered(os.Getpid(), i)); err != nil {
				return
			}
			fmt.Println(i)
		}
	},
	"get for ever": func() {
		q := handed[Queue[int]]()
		for {
			v, err := q.Get()
			if err != nil {
				fmt.Println("end", err)
				return
			}
			fmt.Println(v)
		}
	},
	"get six and stay": func() {
		q := handed[Queue[int]]()
		for range 6 {
			v, _ := q.Get()
			fmt.Println(v)
		}
		select {}
	},
	"receive but do not say so": func() {
		q := handed[Queue[int]]()
		l, err := q.at.(*client).reach(helloGet)
		if err != nil {
			panic(err)
		}
		l.write(frame{kind: get})
		fmt.Println("asked")
		l.read()
		fmt.Println("arrived")
		select {}
	},
	"half a put": func() {
		q := handed[Queue[string]]()
		l, err := q.at.(*client).reach(helloPut)
		if err != nil {
			panic(err)
		}
		l.conn.Write([]byte{byte(put), 0, 1, 0, 0, 7, 7, 7})
		fmt.Println("written")
		select {}
	},
	"wait to put": func() {
		q := handed[Queue[int]]()
		fmt.Println("begins")
		q.Put(1)
		fmt.Println("done")
	},
	"count up": func() {
		e := handed[End[int, int]]()
		for {
			v, err := e.Recv()
			if err != nil {
				fmt.Println(err)
				return
			}
			if err := e.Send(v + 1); err != nil {
				fmt.Println(err)
				return
			}
		}
	},
	"own": func() {
		q := NewQueue[int](4)
		q.Put(1)
		q.Put(2)
		handOver(os.Stdout, q)
		select {}
	},
}

// numbered is an item that says who put it, and is longer than a buffer.
func numbered(who, i int) []int {
	item := make([]int, 3000)
	item[0], item[len(item)-2], item[len(item)-1] = who, i, who
	return item
}

// handOver writes a queue or an end for handed to read.
func handOver(w io.Writer, v any) {
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(v); err != nil {
		panic(err)
	}
	fmt.Fprintln(w, base64.StdEncoding.EncodeToString(b.Bytes()))
}

var input = bufio.NewReader(os.Stdin)

func handed[T any]() *T { return receive[T](input) }

func receive[T any](r *bufio.Reader) *T {
	line, err := r.ReadString('\n')
	if err != nil {
		panic(err)
	}
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
	out *bufio.Reader
}

// start starts a process that does what mode says, with v. It is killed at
// the end of the test, if not before.
func start(t testing.TB, mode string, v any) *child {
	t.Helper()
	if err := supported(); err != nil {
		t.Skip(err)
	}
	c := &child{Cmd: exec.Command(os.Args[0])}
	c.Env = append(os.Environ(), childMode+"="+mode, "GORACE=atexit_sleep_ms=0")
	c.Stderr = os.Stderr
	var in bytes.Buffer
	if v != nil {
		handOver(&in, v)
	}
	c.Stdin = &in
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.out = bufio.NewReader(out)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.kill)
	return c
}

// kill kills the process and waits for it.
func (c *child) kill() {
	c.Process.Kill()
	c.Wait()
}

// line is the next line that the process prints.
func (c *child) line(t testing.TB) string {
	t.Helper()
	line, err := c.out.ReadString('\n')
	if err != nil {
		t.Fatal("the process printed nothing more:", err)
	}
	return strings.TrimSpace(line)
}

// await waits until what must come true does.
func await(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for range 3000 {
		if ok() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("it never came true that", what)
}

// travel returns v as another process would have it.
func travel[T any](t testing.TB, v *T) *T {
	t.Helper()
	if err := supported(); err != nil {
		t.Skip(err)
	}
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(v); err != nil {
		t.Fatal(err)
	}
	other := new(T)
	if err := gob.NewDecoder(&b).Decode(other); err != nil {
		t.Fatal(err)
	}
	return other
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantError(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("error is %v, want %v", err, want)
	}
}

func soon() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), 5*time.Millisecond)
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
