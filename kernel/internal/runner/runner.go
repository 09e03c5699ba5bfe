// Package runner starts a cell's program or shell command in place of GoNB, and sends its output to the front.
//
// GoNB reads standard output, standard error and displays in three independent goroutines, splits characters where a
// read ends, and gives programs a standard input that never ends. So GoNB starts a runner, which prints nothing. The
// runner reads its program's two pipes in the order in which they were written (pipes_linux.go), finds the library's
// displays in standard output (display_mark.go), and sends frames to the front over a Unix socket. It reports when the program
// waits for input (input_linux.go), and how it ended.
//
// Cost: 2 ms to start. A write of the program takes 3 to 5 us instead of 1, until the cell has printed orderLimit.
package runner

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/internal/gonb"
)

// run is one run of a program.
type run struct {
	cmd     *exec.Cmd
	program bool // it runs a cell's program, not a command

	mu      sync.Mutex // guards writes to front
	front   *os.File
	answers chan string // what the reader typed; closed when the front has closed the connection
	input   *os.File    // the other end of the program's standard input, if a reader can answer

	pipes   *pipes
	streams map[Kind]*stream
	capture bool

	pending     []byte // to be sent, of kind pendingKind
	flushed     time.Time
	pendingKind Kind
	sent        int // bytes of text
}

const (
	gather      = 5 * time.Millisecond // minimum time between two frames, while the program prints
	gatherLimit = 32 << 10             // size at which a frame is sent at once
	orderLimit  = 1 << 20              // bytes for which the order of the two streams is exact; the front shows no more
)

// Main runs the program or command that the command line args names, and returns the exit status.
func Main(args []string) int {
	r := &run{streams: map[Kind]*stream{Stdout: {}, Stderr: {}}}
	if err := r.command(args); err != nil {
		fmt.Fprintln(os.Stderr, "run:", err)
		return 2
	}
	signal.Notify(make(chan os.Signal, 1), os.Interrupt) // ignore: the program handles interrupts
	if err := r.begin(); err != nil {
		fmt.Fprintln(os.Stderr, "run: connecting to the kernel:", err)
		return 2
	}
	how := r.run()
	r.send(Exit, []byte(how))
	for range r.answers { // wait until the front has received Exit: GoNB must not report the cell's end to it before
	}
	if how != "" {
		return 1
	}
	return 0
}

// command makes the command.
func (r *run) command(args []string) error {
	switch {
	case filepath.Base(args[0]) != gonb.RunnerName:
		r.cmd = exec.Command(args[0]+gonb.RunnerSuffix, args[1:]...)
		r.cmd.Env = append(os.Environ(), envvar.Displays+"="+filepath.Dir(os.Getenv(envvar.Runs)))
		r.program = true
	case len(args) == 3 && args[1] == gonb.RunShell:
		r.cmd = exec.Command("/bin/bash", "-c", args[2])
	case len(args) > 2 && args[1] == gonb.RunScript:
		r.cmd = exec.Command(args[2], args[3:]...)
		r.cmd.Stdin = os.Stdin
	default:
		return errors.New("this program is for the kernel itself")
	}
	return nil
}

// begin connects to the front.
func (r *run) begin() error {
	socket, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		return err
	}
	syscall.CloseOnExec(socket)
	if err := syscall.Connect(socket, &syscall.SockaddrUnix{Name: os.Getenv(envvar.Runs)}); err != nil {
		return err
	}
	r.front = os.NewFile(uintptr(socket), "front")
	_, flags, err := Read(r.front)
	if err != nil {
		return err
	}
	var canAnswer bool
	for _, flag := range flags {
		canAnswer = canAnswer || string(flag) == Input
		r.capture = r.capture || string(flag) == Capture
	}
	r.answers = make(chan string)
	go r.receive()
	return r.openInput(canAnswer)
}

// receive reads what the front sends.
func (r *run) receive() {
	defer close(r.answers)
	for {
		_, text, err := Read(r.front)
		if err != nil {
			return
		}
		r.answers <- string(text)
	}
}

// run runs the program to its end, and returns how it failed, or "".
func (r *run) run() (how string) {
	var err error
	if r.pipes, err = newPipes(); err != nil {
		return r.cannot(err)
	}
	r.cmd.Stdout, r.cmd.Stderr = r.pipes.out.writer, r.pipes.err.writer
	if err := r.cmd.Start(); err != nil {
		return r.cannot(err)
	}
	ended := make(chan struct{})
	go func() {
		err = r.cmd.Wait()
		close(ended)
		r.pipes.exited()
	}()
	if r.input != nil {
		go r.watchInput(ended)
	}
	r.read()
	<-ended
	if err != nil {
		return err.Error()
	}
	return ""
}

// cannot reports that the program cannot be started.
func (r *run) cannot(err error) (how string) {
	r.send(Stderr, []byte(err.Error()+"\n"))
	return "exit status 127"
}

// read reads what the program prints until it has ended. A command has ended when all processes that have its pipes open
// have ended. A cell's program has ended when its own process has; the front kills processes that it leaves behind.
func (r *run) read() {
	for open := 2; open > 0; {
		wait := time.Duration(-1)
		if len(r.pending) > 0 {
			wait = max(0, gather-time.Since(r.flushed))
		}
		switch from, text := r.pipes.next(wait); {
		case from == nothing:
			r.flush()
		case from == programEnded && r.program:
			r.pipes.drain(r.feed)
			open = 0
		case from == programEnded:
		case text == nil:
			open--
		default:
			r.feed(from, text)
		}
	}
	for kind, s := range r.streams {
		r.print(kind, s.rest)
	}
	r.flush()
}

// feed handles text that was read from a stream.
func (r *run) feed(kind Kind, text []byte) {
	whole, displays := r.streams[kind].take(text, kind == Stdout)
	for i, piece := range whole {
		r.print(kind, piece)
		if i < len(displays) {
			r.flush()
			if !r.display(displays[i]) {
				r.print(kind, []byte(mark+displays[i]+markEnd))
			}
		}
	}
}

// print collects text for the next frame.
func (r *run) print(kind Kind, text []byte) {
	if len(text) == 0 {
		return
	}
	if r.capture {
		to := map[Kind]*os.File{Stdout: os.Stdout, Stderr: os.Stderr}[kind]
		_, _ = to.Write(text) // GoNB has redirected it to a file
	}
	if r.pendingKind != kind {
		r.flush()
	}
	r.pendingKind, r.pending = kind, append(r.pending, text...)
	if len(r.pending) >= gatherLimit {
		r.flush()
	}
}

func (r *run) flush() {
	if len(r.pending) == 0 {
		return
	}
	r.send(r.pendingKind, r.pending)
	if r.sent += len(r.pending); r.sent > orderLimit {
		r.pipes.widen()
	}
	r.pending, r.flushed = r.pending[:0], time.Now()
}

// send sends a frame to the front. It ignores errors: if the front is gone, the guard ends this process.
func (r *run) send(kind Kind, text []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	_ = Write(r.front, kind, text)
}
