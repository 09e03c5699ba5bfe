package main

import (
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"multiprocessing/kernel/internal/setup"
)

// console is "jupyter console" in a terminal, as a reader starts it.
type console struct {
	t        *testing.T
	cmd      *exec.Cmd
	terminal *os.File // the side of the reader's eyes and keyboard
	mark     string   // by which all that it started is known
	ended    chan struct{}

	mu      sync.Mutex
	written strings.Builder // all that came to the terminal, guarded by mu
	seen    int             // of it, without its escapes
}

// openTerminal returns both sides of a new terminal of 40 lines of 200 characters.
func openTerminal(t *testing.T) (reader, program *os.File) {
	t.Helper()
	reader, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	control := int(reader.Fd())
	number, err := unix.IoctlGetInt(control, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(control, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(control, unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: 200})
	}
	if err == nil {
		program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	return reader, program
}

// startConsole starts a console in a folder for the files of Jupyter and of kernels, with other arguments than the usual.
func startConsole(t *testing.T, folder string, args ...string) *console {
	t.Helper()
	env := setUp(t)
	if err := env.InstallTestRequirements(t.Context()); err != nil {
		t.Fatal(err)
	}
	reader, program := openTerminal(t)
	defer program.Close()
	c := &console{t: t, terminal: reader, mark: "MULTIPROCESSING_TEST=" + rand.Text(), ended: make(chan struct{})}
	c.cmd = exec.Command(env.VenvPython(), append([]string{"-m", "jupyter_console"}, args...)...)
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = program, program, program
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	c.cmd.Env = append(setup.WithoutPythonSettings(os.Environ()), c.mark, "TERM=xterm", "PROMPT_TOOLKIT_NO_CPR=1",
		"JUPYTER_DATA_DIR="+env.Data(), "TMPDIR="+filepath.Join(folder, "t"), "JUPYTER_RUNTIME_DIR="+filepath.Join(folder, "r"),
		"JUPYTER_CONFIG_DIR="+filepath.Join(folder, "c"), "IPYTHONDIR="+filepath.Join(folder, "i"))
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = c.cmd.Wait(); close(c.ended) }()
	go c.read()
	t.Cleanup(func() {
		_ = c.cmd.Process.Kill()
		<-c.ended
		c.terminal.Close()
	})
	return c
}

func (c *console) read() {
	buffer := make([]byte, 64<<10)
	for {
		n, err := c.terminal.Read(buffer)
		c.mu.Lock()
		c.written.Write(buffer[:n])
		c.mu.Unlock()
		if err != nil { // when the last program has closed its side
			return
		}
	}
}

// escapes are what moves the cursor and gives colors, and no text.
var escapes = regexp.MustCompile(`\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>78]|\x1b\][^\x07]*\x07|[\r\x07]`)

func (c *console) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return escapes.ReplaceAllString(c.written.String(), "")
}

// press types keys as a reader does.
func (c *console) press(keys string) {
	c.t.Helper()
	if _, err := c.terminal.WriteString(keys); err != nil {
		c.t.Fatal(err)
	}
}

// shows waits until the text comes, behind what was waited for before.
func (c *console) shows(text string) {
	c.t.Helper()
	if !c.showsWithin(kernelWait, text) {
		c.t.Fatalf("%q did not come, but\n%s", text, c.text()[c.seen:])
	}
}

// prints waits until a cell's output is shown. The console may read the kernel's reply before output that comes by another
// socket, and shows that when the reader presses Enter.
func (c *console) prints(text string) {
	c.t.Helper()
	for deadline := time.Now().Add(kernelWait); !c.showsWithin(5*time.Second, text); c.press("\r") {
		if time.Now().After(deadline) {
			c.t.Fatalf("%q did not come, but\n%s", text, c.text()[c.seen:])
		}
	}
}

func (c *console) showsWithin(wait time.Duration, text string) bool {
	for deadline := time.Now().Add(wait); ; time.Sleep(50 * time.Millisecond) {
		all := c.text()
		if i := strings.Index(all[c.seen:], text); i >= 0 {
			c.seen += i + len(text)
			return true
		}
		if time.Now().After(deadline) {
			return false
		}
	}
}

// exit leaves the console as a reader does.
func (c *console) exit() {
	c.t.Helper()
	c.press("\x04")
	c.shows("Do you really want to exit")
	c.press("y\r")
	select {
	case <-c.ended:
	case <-time.After(kernelWait):
		c.t.Fatalf("it does not end\n%s", c.text())
	}
	if !c.cmd.ProcessState.Success() {
		c.t.Errorf("it ended with %v", c.cmd.ProcessState)
	}
}

const tab, up, backspace, interrupt = "\t", "\x1b[A", "\x7f", "\x03"

func TestJupyterConsoleWorks(t *testing.T) {
	folder, err := os.MkdirTemp("", "console") // short: paths of sockets are
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	if err := os.Mkdir(filepath.Join(folder, "t"), 0o700); err != nil {
		t.Fatal(err)
	}
	c := startConsole(t, folder, "--kernel", setup.KernelName)
	c.shows("In [1]: ")
	c.press("!echo one $((40 + 2))\r") // what it prints is not what is typed
	c.prints("\none 42\n")
	c.shows("In [2]: ")
	c.press(up)
	c.shows("!echo one")
	c.press("\r")
	c.prints("\none 42\n")
	c.shows("In [3]: ")

	c.press("%%\r")
	c.shows("...: ")
	c.press("for i := range 3 {\r")
	c.shows("...:     ") // it knows that more is to come, and how far to the right
	c.press("fmt.Println(\"line\", i)\r")
	c.shows("...:     ")
	c.press(strings.Repeat(backspace, 4) + "}\r")
	c.prints("\nline 0\nline 1\nline 2\n")
	c.shows("In [4]: ")

	c.press("%%\rfmt.Fprintl")
	for c.press(tab); !c.showsWithin(5*time.Second, "Fprintln"); c.press(tab) { // gopls loads a module when it is first asked
		if t.Context().Err() != nil || strings.Contains(c.text(), "Unhandled exception") {
			t.Fatalf("nothing is completed\n%s", c.text())
		}
	}
	c.press("(os.Stdout, 1000 + 1)\r")
	c.prints("\n1001\n")
	c.shows("In [5]: ")

	c.press("%%\rpanic(\"lo\" + \"st\")\r")
	c.prints("Cell [5] line 2: panic: lost\n")
	c.shows("goroutine 1")
	c.shows("In [6]: ")

	c.press("%%\rfmt.Println(\"be\" + \"gun\"); time.Sleep(time.Hour)\r")
	c.shows("\nbegun\n")
	c.press(interrupt)
	c.prints("Interrupted: the cell was interrupted while it ran\n")
	c.shows("In [7]: ")
	c.press("!echo after $((1 + 1))\r")
	c.prints("\nafter 2\n")
	c.shows("In [8]: ")

	other := startConsole(t, folder, "--existing") // knows what was typed in the first
	other.shows("In [")
	other.press(up)
	other.shows("!echo after $((1 + 1))")
	other.press("\r")
	other.prints("\nafter 2\n")
	other.shows("In [9]: ")
	other.exit()

	c.press("!echo still $((2 + 2))\r")
	c.prints("\nstill 4\n")
	c.shows("In [10]: ") // a key that comes before the prompt can be lost
	c.exit()
	c.wantNothingLeft(folder)
	for _, console := range []*console{c, other} {
		if said := noise.FindString(console.text()); said != "" {
			t.Errorf("it shows %q, which no reader has asked for", said)
		}
	}
}

// noise is what programs write to a terminal that they take for a log: GoNB's lines, and Python's warnings.
var noise = regexp.MustCompile(`(?m)^.*(\b[IWEF]\d{4} \d\d:\d\d:|Warning: |Traceback \(most).*$`)

// wantNothingLeft checks that no process, connection file or folder of a kernel is left.
func (c *console) wantNothingLeft(folder string) {
	c.t.Helper()
	var running, files []string
	for deadline := time.Now().Add(kernelWait); ; time.Sleep(10 * time.Millisecond) {
		running = processesWith(c.mark)
		files, _ = filepath.Glob(filepath.Join(folder, "[tr]", "*"))
		if len(running) == 0 && len(files) == 0 {
			return
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("left: processes %q, files %q", running, files)
		}
	}
}
