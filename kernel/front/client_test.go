package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"multiprocessing/kernel/internal/setup"
	"multiprocessing/kernel/internal/wire"
	"multiprocessing/kernel/internal/zmtp"
)

// client is a Jupyter client of a kernel that it has started, as the kernelspec says.
type client struct {
	t       testing.TB
	cmd     *exec.Cmd
	ended   chan struct{} // the process has
	folder  string        // of the connection file, and the kernel's TMPDIR
	mark    string        // by which all that the kernel started is known
	key     wire.Key
	log     *lockedBuffer
	session string

	shell, control, stdin, iopub *zmtp.Conn

	withoutControl bool // GoNB answers nobody there

	mu       sync.Mutex
	runs     map[string]*asked // by the request's id; guarded by mu
	statuses []string          // all that were published; guarded by mu
}

type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

// String is what the front has said, without GoNB's log.
func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var said strings.Builder
	for line := range strings.Lines(b.buffer.String()) {
		if strings.HasPrefix(line, "front: ") || strings.HasPrefix(line, "panic: ") {
			said.WriteString(line)
		}
	}
	return said.String()
}

// kernelWait is how long a test waits for what a kernel should do at once.
const kernelWait = 60 * time.Second

// kernelCommand is how Jupyter would start the course's kernel, with settings on top.
func kernelCommand(t testing.TB, env *setup.Environment, connectionFile string, settings ...string) *exec.Cmd {
	t.Helper()
	argv, own := readSpec(t, filepath.Join(env.Data(), "kernels", setup.KernelName, "kernel.json"), os.Getenv("PATH"))
	for i, argument := range argv {
		argv[i] = strings.ReplaceAll(argument, "{connection_file}", connectionFile)
	}
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env = slices.Concat(os.Environ(), own, settings)
	return cmd
}

// readSpec returns the command line and the environment of a kernelspec.
func readSpec(t testing.TB, file, path string) (argv, env []string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var spec struct {
		Argv []string
		Env  map[string]string
	}
	if err := json.Unmarshal(content, &spec); err != nil {
		t.Fatal(err)
	}
	for name, value := range spec.Env {
		env = append(env, name+"="+strings.ReplaceAll(value, "${PATH}", path))
	}
	return spec.Argv, env
}

// startKernel starts a kernel and waits until it answers. It is shut down when the test ends.
func startKernel(t testing.TB, env *setup.Environment, settings ...string) *client {
	t.Helper()
	c := newClient(t, env, settings...)
	c.start()
	return c
}

func newClient(t testing.TB, env *setup.Environment, settings ...string) *client {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("looks for processes in /proc")
	}
	folder, err := os.MkdirTemp("", "front") // short: paths of sockets are
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	c := &client{t: t, folder: folder, mark: "MULTIPROCESSING_TEST=" + rand.Text(), key: wire.Key(rand.Text()), log: &lockedBuffer{},
		session: rand.Text(), runs: map[string]*asked{}, ended: make(chan struct{})}
	file := filepath.Join(folder, "kernel-0123abcd.json")
	connection := map[string]any{"transport": "ipc", "ip": filepath.Join(folder, "c"), "key": string(c.key), "signature_scheme": "hmac-sha256",
		"shell_port": 1, "control_port": 2, "stdin_port": 3, "iopub_port": 4, "hb_port": 5}
	if err := os.WriteFile(file, wire.JSON(connection), 0o600); err != nil {
		t.Fatal(err)
	}
	temp := filepath.Join(folder, "t")
	if err := os.Mkdir(temp, 0o700); err != nil {
		t.Fatal(err)
	}
	c.cmd = kernelCommand(t, env, file, append([]string{c.mark, "TMPDIR=" + temp}, settings...)...)
	c.cmd.Stdout, c.cmd.Stderr = c.log, c.log
	c.cmd.WaitDelay = time.Second
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // as jupyter_client does
	return c
}

// another is one more client of the same kernel, not yet connected.
func (c *client) another(session string) *client {
	return &client{t: c.t, cmd: c.cmd, folder: c.folder, mark: c.mark, key: c.key, log: c.log, ended: c.ended, session: session, runs: map[string]*asked{}}
}

// withoutFront makes GoNB the kernel, as it would be without a front.
func (c *client) withoutFront() {
	gonb := filepath.Join(filepath.Dir(c.cmd.Path), "gonb")
	c.cmd.Path, c.cmd.Args = gonb, []string{gonb, "--kernel", c.cmd.Args[1]}
	c.withoutControl = true
}

func (c *client) start() {
	c.t.Helper()
	if err := c.cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	go func() { _ = c.cmd.Wait(); close(c.ended) }()
	c.t.Cleanup(func() {
		_ = c.cmd.Process.Signal(syscall.SIGTERM)
		c.waitEnd()
	})
	c.connect()
	c.wait(c.request(c.shell, "kernel_info_request", struct{}{}))
}

// connect connects to the kernel's sockets, which it opens at its start.
func (c *client) connect() {
	c.t.Helper()
	for _, socket := range []struct {
		conn **zmtp.Conn
		port int
		kind string
	}{{&c.iopub, 4, "SUB"}, {&c.shell, 1, "DEALER"}, {&c.control, 2, "DEALER"}, {&c.stdin, 3, "DEALER"}} {
		var err error
		for deadline := time.Now().Add(kernelWait); ; time.Sleep(5 * time.Millisecond) {
			if *socket.conn, err = zmtp.Dial("unix", fmt.Sprintf("%s-%d", filepath.Join(c.folder, "c"), socket.port), socket.kind, c.session, 64<<20); err == nil {
				break
			}
			if time.Now().After(deadline) {
				c.t.Fatalf("connecting to the kernel: %v\n%s", err, c.log)
			}
		}
		c.t.Cleanup(func() { (*socket.conn).Close() })
	}
	if err := c.iopub.Write(zmtp.Message{{1}}); err != nil {
		c.t.Fatal(err)
	}
	// A subscription takes effect some time after it was sent.
	go c.read(c.iopub)
	go c.read(c.shell)
	go c.read(c.control)
	probe, kind := c.control, "comm_info_request"
	if c.withoutControl {
		probe, kind = c.shell, "kernel_info_request"
	}
	for subscribed := false; !subscribed; {
		r := c.request(probe, kind, struct{}{})
		select {
		case <-r.done:
			subscribed = true
		case <-time.After(50 * time.Millisecond):
		case <-c.ended:
			c.t.Fatalf("the kernel has ended\n%s", c.log)
		}
	}
}

// read notes what comes on a socket with the request that it answers.
func (c *client) read(conn *zmtp.Conn) {
	for {
		frames, err := conn.Read()
		if err != nil {
			return
		}
		m, err := c.key.Parse(frames)
		if err != nil {
			c.t.Errorf("from the kernel: %v", err)
			return
		}
		state := field(m, "execution_state")
		c.mu.Lock()
		if m.Header.Type == "status" {
			c.statuses = append(c.statuses, state)
		}
		r := c.runs[m.ParentHeader().ID]
		c.mu.Unlock()
		if r != nil {
			r.note(m, state)
		}
	}
}

// request sends a request and returns what will be its answers.
func (c *client) request(conn *zmtp.Conn, kind string, content any) *asked {
	c.t.Helper()
	return c.sendMessage(conn, wire.New(kind, c.session, wire.Message{}, content))
}

// sendMessage is request for a message that is made.
func (c *client) sendMessage(conn *zmtp.Conn, m wire.Message) *asked {
	c.t.Helper()
	r := &asked{client: c, id: m.Header.ID, sent: m, done: make(chan struct{}), changed: make(chan struct{}, 1)}
	c.mu.Lock()
	c.runs[r.id] = r
	c.mu.Unlock()
	if err := conn.Write(c.key.Frames(m)); err != nil {
		c.t.Fatal(err)
	}
	return r
}

// send sends a cell, with other settings than the usual.
func (c *client) send(code string, settings ...string) *asked {
	c.t.Helper()
	content := map[string]any{"code": code, "silent": false, "store_history": true, "user_expressions": struct{}{}, "allow_stdin": true, "stop_on_error": true}
	for _, name := range settings {
		content[strings.TrimPrefix(name, "no ")] = !strings.HasPrefix(name, "no ")
	}
	return c.request(c.shell, "execute_request", content)
}

// execute runs a cell to its end.
func (c *client) execute(code string, settings ...string) *asked {
	c.t.Helper()
	return c.wait(c.send(code, settings...))
}

func (c *client) wait(r *asked) *asked {
	c.t.Helper()
	select {
	case <-r.done:
	case <-time.After(kernelWait):
		c.t.Fatalf("no answer to %s %s\n%s", r.sent.Header.Type, r.sent.Content, c.log)
	}
	return r
}

// interrupt interrupts what runs.
func (c *client) interrupt() {
	c.t.Helper()
	c.wait(c.request(c.control, "interrupt_request", struct{}{}))
}
