package process

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"multiprocessing/lib/internal/cellpipe"
)

const (
	// patience is how long an idle worker may take to end before it is killed.
	patience = 5 * time.Second
	// outputDelay is how long the output of a worker that has ended is awaited
	// if programs that it started still hold it open.
	outputDelay = time.Second
)

// worker is the pool's side of a worker process.
type worker struct {
	*connection
	number   int
	cmd      *exec.Cmd
	requests *os.File // the connection's files
	replies  *os.File
	stderr   tail
	exited   chan struct{} // closed when the process has ended and was waited for
	status   error         // from cmd.Wait; may be read after exited
}

// executable is this program's file. On Linux /proc/self/exe is the file
// that runs, even if it has been deleted or built anew since.
func executable() (string, error) {
	if runtime.GOOS == "linux" {
		return "/proc/self/exe", nil
	}
	return os.Executable()
}

// startWorker starts a process and returns before it is ready. What it
// writes is forwarded with name before each line.
func startWorker(number int, name string, lifeline *os.File, stdout, stderr *sharedWriter) (*worker, error) {
	path, err := executable()
	if err != nil {
		return nil, err
	}
	w := &worker{number: number, exited: make(chan struct{})}
	itsRequests, requests, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer itsRequests.Close()
	replies, itsReplies, err := os.Pipe()
	if err != nil {
		requests.Close()
		return nil, err
	}
	defer itsReplies.Close()
	w.requests, w.replies = requests, replies
	w.connection = newConnection(replies, requests)

	out := &lines{prefix: name + ": ", to: stdout}
	errOut := &lines{prefix: name + ": ", to: stderr}
	w.cmd = &exec.Cmd{
		Path:       path,
		Args:       os.Args,
		Env:        workerEnvironment(),
		Stdout:     out,
		Stderr:     io.MultiWriter(errOut, &w.stderr),
		ExtraFiles: []*os.File{itsRequests, itsReplies, lifeline},
		WaitDelay:  outputDelay,
	}
	if err := w.cmd.Start(); err != nil {
		w.hangUp()
		return nil, err
	}
	go w.reap(out, errOut)
	return w, nil
}

func workerEnvironment() []string {
	tasks := strconv.Itoa(len(registry))
	if mainServes.Load() {
		tasks += inMain
	}
	variables := append(cellpipe.Without(os.Environ()), tasksVariable+"="+tasks)
	return append(variables, raceVariable()...)
}

// reap waits for the process, so that it never stays as a zombie, and for
// the last of its output.
func (w *worker) reap(out ...*lines) {
	w.status = w.cmd.Wait()
	for _, l := range out {
		l.flush()
	}
	close(w.exited)
}

// awaitReady waits until the worker serves, and kills one that does not.
func (w *worker) awaitReady() error {
	if err := w.receiveReady(); err != nil {
		return fmt.Errorf("worker %d (pid %d) ended before it was ready (%s)%s", w.number, w.pid(), w.killBroken(err), endOf(string(w.stderr.kept)))
	}
	return nil
}

func (w *worker) receiveReady() error {
	h, err := w.receive()
	if err == nil && h.kind != ready {
		err = fmt.Errorf("the first message is of kind %d", h.kind)
	}
	return err
}

func (w *worker) pid() int { return w.cmd.Process.Pid }

// hasExited reports whether the process is known to have ended.
func (w *worker) hasExited() bool {
	select {
	case <-w.exited:
		return true
	default:
		return false
	}
}

// hangUp closes the pool's ends of the pipes, which tells a worker that
// waits for a request to end.
func (w *worker) hangUp() {
	w.requests.Close()
	w.replies.Close()
}

// kill ends the process at once, and waits for it. To one that has ended by
// itself it does nothing more.
func (w *worker) kill() {
	w.cmd.Process.Kill()
	<-w.exited
	w.hangUp()
}

// end ends an idle worker and waits for it. One that is still there after
// patience, perhaps because it was stopped, is killed.
func (w *worker) end(patience time.Duration) error {
	w.hangUp()
	limit := time.NewTimer(patience)
	defer limit.Reset(0) // Go may report no deadlock while there is a timer, even one that was stopped
	select {
	case <-w.exited:
	case <-limit.C:
		w.kill()
	}
	if w.status == nil || errors.Is(w.status, exec.ErrWaitDelay) {
		return nil
	}
	return fmt.Errorf("process: Close: worker %d (pid %d) did not end as it should: %s", w.number, w.pid(), w.ending())
}

// crash kills a worker whose connection broke with err while it ran a task on
// items from to to-1, and reports it. Without items it did not run yet.
func (w *worker) crash(task string, from, to int, err error) error {
	status := w.killBroken(err)
	return &CrashError{Task: task, From: from, To: to, Worker: w.number, PID: w.pid(), Status: status, Stderr: string(w.stderr.kept)}
}

// killBroken kills a worker whose connection broke with err, and returns how
// it ended.
func (w *worker) killBroken(err error) string {
	w.kill()
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.EPIPE) {
		return w.ending()
	}
	return w.ending() + ", because its connection was broken: " + err.Error()
}

// ending says how the process ended. It must have.
func (w *worker) ending() string { return w.cmd.ProcessState.String() }
