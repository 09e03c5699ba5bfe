package process

import (
	"context"
	"encoding/binary"
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
	"multiprocessing/lib/internal/failure"
)

// outputDelay is how long to wait for the end of a dead worker's output while
// programs that it started hold it open.
const outputDelay = time.Second

// worker is the pool's side of a worker process.
type worker struct {
	*connection
	number    int
	cmd       *exec.Cmd
	requests  *os.File // the connection's files
	replies   *os.File
	control   *os.File // numbers of requests to cancel; the worker exits when it is closed
	progress  *progress
	requested uint64      // number of the last request
	items     failure.Run // those of the last request
	overdue   *time.Timer // kills the process if a canceled request does not end
	stderr    tail
	exited    chan struct{} // closed when cmd.Wait has returned
	status    error         // from cmd.Wait; may be read once exited is closed
	grace     time.Duration // gracePeriod, or less in tests
}

// executable returns this program's file. On Linux /proc/self/exe is the file
// that runs, even if it was deleted or rebuilt since.
func executable() (string, error) {
	if runtime.GOOS == "linux" {
		return "/proc/self/exe", nil
	}
	return os.Executable()
}

// startWorker starts a process and returns before it is ready. Its output is
// forwarded with name before each line.
func startWorker(number int, name string, stdout, stderr *sharedWriter) (*worker, error) {
	path, err := executable()
	if err != nil {
		return nil, err
	}
	w := &worker{number: number, exited: make(chan struct{}), grace: gracePeriod}
	var its [4]*os.File // in the order of requestsFile and so on
	if its[0], w.requests, err = os.Pipe(); err == nil {
		if w.replies, its[1], err = os.Pipe(); err == nil {
			if its[2], w.control, err = os.Pipe(); err == nil {
				w.progress, its[3], err = newProgress()
			}
		}
	}
	defer func() {
		for _, f := range its {
			f.Close() // on nil, Close only returns an error
		}
	}()
	if err != nil {
		w.hangUp()
		return nil, err
	}
	w.connection = newConnection(w.replies, w.requests)
	w.items.Cancel = w.cancel

	out := &lines{prefix: name + ": ", to: stdout}
	errOut := &lines{prefix: name + ": ", to: stderr}
	w.cmd = &exec.Cmd{
		Path:       path,
		Args:       os.Args,
		Env:        workerEnvironment(),
		Stdout:     out,
		Stderr:     io.MultiWriter(errOut, &w.stderr),
		ExtraFiles: its[:],
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

// reap waits for the process, so that it never stays a zombie, and for the
// rest of its output.
func (w *worker) reap(out ...*lines) {
	w.status = w.cmd.Wait()
	for _, l := range out {
		l.flush()
	}
	close(w.exited)
}

// awaitReady waits until the worker serves. If the worker fails or ctx ends
// first, it kills the worker and returns an error.
func (w *worker) awaitReady(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { w.cmd.Process.Kill() })
	err := w.receiveReady()
	if !stop() && err == nil {
		err = context.Cause(ctx)
	}
	if err == nil {
		return nil
	}
	status := w.killBroken(err)
	if ctx.Err() != nil {
		return fmt.Errorf("worker %d (pid %d) was not ready: %w", w.number, w.pid(), context.Cause(ctx))
	}
	return fmt.Errorf("worker %d (pid %d) ended before it was ready (%s)%s", w.number, w.pid(), status, endOf(string(w.stderr.stored)))
}

func (w *worker) receiveReady() error {
	h, err := w.receive()
	if err == nil && h.kind != ready {
		err = fmt.Errorf("the first message has kind %d, want %d", h.kind, ready)
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

// hangUp closes the pool's files. Then the worker exits at once, busy or not.
func (w *worker) hangUp() {
	for _, f := range []*os.File{w.requests, w.replies, w.control} {
		f.Close() // on nil, Close only returns an error
	}
	w.progress.close()
	w.progress = nil // it must not be closed twice
}

// kill kills the process and waits for it. It has no effect on a process that
// has exited.
func (w *worker) kill() {
	w.cmd.Process.Kill()
	<-w.exited
}

// end stops an idle worker and waits for it. It kills a worker that does not
// exit within the grace period, for example after SIGSTOP.
func (w *worker) end() error {
	defer w.hangUp()
	w.requests.Close()
	limit := time.NewTimer(w.grace)
	defer limit.Reset(0) // a timer, even a stopped one, keeps Go from reporting a deadlock
	select {
	case <-w.exited:
	case <-limit.C:
		w.kill()
	}
	if w.status == nil || errors.Is(w.status, exec.ErrWaitDelay) {
		return nil
	}
	return fmt.Errorf("process: Close: worker %d (pid %d) did not exit normally: %s", w.number, w.pid(), w.ending())
}

// watch cancels the next request, number, whose first item is first, when l
// says so, and kills the worker if it does not reply within the grace period.
// Call unwatch after the reply.
func (w *worker) watch(l *failure.Lowest, first int) (number uint64) {
	w.requested++
	w.items.First = first
	l.Watch(&w.items)
	return w.requested
}

// unwatch ends watch and reports whether the worker was killed.
func (w *worker) unwatch(l *failure.Lowest) (killed bool) {
	return l.Unwatch(&w.items) && !w.overdue.Stop()
}

func (w *worker) cancel(error) {
	w.overdue = time.AfterFunc(w.grace, func() { w.cmd.Process.Kill() })
	w.control.Write(binary.LittleEndian.AppendUint64(nil, w.requested))
}

// crash kills a worker whose connection broke with err while it ran a task. It
// returns the error for the caller.
func (w *worker) crash(task string, err error) *CrashError {
	status := w.killBroken(err)
	return &CrashError{Task: task, Worker: w.number, PID: w.pid(), Attempts: 1, Status: status, Stderr: string(w.stderr.stored)}
}

// killBroken kills a worker whose connection broke with err, and describes how
// the process ended.
func (w *worker) killBroken(err error) string {
	w.kill()
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.EPIPE) {
		return w.ending()
	}
	return w.ending() + ", because its connection was broken: " + err.Error()
}

// ending describes how the process ended. Call it only after exited is closed.
func (w *worker) ending() string { return w.cmd.ProcessState.String() }
