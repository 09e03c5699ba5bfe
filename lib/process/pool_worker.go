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
)

// outputDelay is how long the output of a worker that has ended is awaited if
// programs that it started still hold it open.
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
	requested uint64 // number of the last request
	stderr    tail
	exited    chan struct{} // closed when the process has ended and was waited for
	status    error         // from cmd.Wait; may be read after exited
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
func startWorker(number int, name string, stdout, stderr *sharedWriter) (*worker, error) {
	path, err := executable()
	if err != nil {
		return nil, err
	}
	w := &worker{number: number, exited: make(chan struct{})}
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
			f.Close() // a nil file refuses
		}
	}()
	if err != nil {
		w.hangUp()
		return nil, err
	}
	w.connection = newConnection(w.replies, w.requests)

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

// reap waits for the process, so that it never stays as a zombie, and for
// the last of its output.
func (w *worker) reap(out ...*lines) {
	w.status = w.cmd.Wait()
	for _, l := range out {
		l.flush()
	}
	close(w.exited)
}

// awaitReady waits until the worker serves. It kills a worker that does not, and
// when ctx ends.
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
	return fmt.Errorf("worker %d (pid %d) ended before it was ready (%s)%s", w.number, w.pid(), status, endOf(string(w.stderr.kept)))
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

// hangUp closes the pool's files. That ends a worker at once, whatever it does.
func (w *worker) hangUp() {
	for _, f := range []*os.File{w.requests, w.replies, w.control} {
		f.Close() // a nil file refuses
	}
	w.progress.close()
	w.progress = nil // it must not be closed twice
}

// kill ends the process at once, and waits for it. To one that has ended by
// itself it does nothing more.
func (w *worker) kill() {
	w.cmd.Process.Kill()
	<-w.exited
}

// end ends an idle worker and waits for it. One that is still there after the
// grace period, perhaps because it was stopped, is killed.
func (w *worker) end(grace time.Duration) error {
	defer w.hangUp()
	w.requests.Close()
	limit := time.NewTimer(grace)
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

// watch cancels the next request when ctx ends, and kills the worker if that
// request is not answered within the grace period. Call stop when it is; it
// reports whether the worker is killed.
func (w *worker) watch(ctx context.Context) (number uint64, stop func() (killed bool)) {
	w.requested++
	number = w.requested
	var kill *time.Timer
	began := make(chan struct{})
	unwatch := context.AfterFunc(ctx, func() {
		defer close(began)
		kill = time.AfterFunc(gracePeriod, func() { w.cmd.Process.Kill() })
		w.control.Write(binary.LittleEndian.AppendUint64(nil, number))
	})
	return number, func() bool {
		if unwatch() {
			return false
		}
		<-began
		return !kill.Stop()
	}
}

// crash kills a worker whose connection broke with err while it ran a task, and
// reports it.
func (w *worker) crash(task string, err error) *CrashError {
	status := w.killBroken(err)
	return &CrashError{Task: task, Worker: w.number, PID: w.pid(), Attempts: 1, Status: status, Stderr: string(w.stderr.kept)}
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
