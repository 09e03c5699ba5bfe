package process

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"multiprocessing/internal/envvar"
	"multiprocessing/lib/internal/portable"
	"multiprocessing/lib/internal/registered"
)

// tasksVariable is the environment variable that makes a program a worker;
// its value is the number of tasks that the pool's program has registered,
// with inMain after it if that program has called Serve.
const (
	tasksVariable = envvar.Worker
	inMain        = " in main"
)

// The files that a worker is started with, after stdin, stdout and stderr.
const (
	requestsFile = 3 + iota // the pool's requests
	repliesFile             // the worker's replies
	controlFile             // numbers of requests to cancel; closed when the pool's process ends, in whatever way
	progressFile            // memory that shows the pool which item runs
)

// self describes this process. Go initializes it before the package-level vars
// that register tasks.
var self = identify()

type identity struct {
	isWorker bool
	tasks    int         // number of tasks to register before it serves
	inMain   bool        // it serves in Serve, not in Register
	serving  atomic.Bool // it runs tasks, which may make their own pools
	progress *progress
	running  atomic.Uint64 // number of the request that runs, or 0

	mu       sync.Mutex
	cancel   context.CancelFunc // guarded by mu; ends the context of the request that runs
	canceled uint64             // guarded by mu; the last request that was canceled, perhaps before it arrived
}

// mainServes reports whether this program has called Serve.
var mainServes atomic.Bool

// Serve runs tasks and never returns if this process is a worker; otherwise it
// returns at once. A program needs it only if its tasks call C code that calls
// back into Go from its own threads: such a call waits until package
// initialization is complete, and without Serve a worker runs its tasks before
// that. Call it first in main, or in TestMain:
//
//	func main() {
//		process.Serve()
//		...
//
// Then every func init runs in workers, too. Serve panics during package
// initialization.
func Serve() {
	if initializing() {
		misuse("Serve: called during package initialization; call it first in main")
	}
	mainServes.Store(true)
	if self.isWorker && !self.serving.Load() {
		self.mustHaveTasks()
		self.serve()
	}
}

// mustHaveTasks exits if tasks are missing.
func (s *identity) mustHaveTasks() {
	if len(registry) < s.tasks {
		giveUp("it registers fewer tasks (%d) than the program that started it (%d); call Register in the same package-level vars every time",
			len(registry), s.tasks)
	}
}

// identify finds out whether this process is a worker. If so, the process
// exits from now on when the pool's process ends: package initialization may
// take long, or never end. Programs that a task starts inherit none of this.
func identify() *identity {
	value, isWorker := os.LookupEnv(tasksVariable)
	if !isWorker {
		return &identity{}
	}
	os.Unsetenv(tasksVariable)
	number, inMain := strings.CutSuffix(value, inMain)
	tasks, err := strconv.Atoi(number)
	if err != nil || tasks < 1 {
		giveUp("%s=%q is not a number of tasks; unset it: it is for workers only", tasksVariable, value)
	}
	for fd := requestsFile; fd <= progressFile; fd++ {
		closeOnExec(fd)
	}
	s := &identity{isWorker: true, tasks: tasks, inMain: inMain}
	go s.obey(os.NewFile(controlFile, "control"))
	if s.progress, err = openProgress(os.NewFile(progressFile, "progress")); err != nil {
		giveUp("%v", err)
	}
	return s
}

// obey reads control: it cancels requests, and exits this process when the
// pool closes control or the pool's process ends.
func (s *identity) obey(control *os.File) {
	for b := make([]byte, 8); ; {
		if _, err := io.ReadFull(control, b); err != nil {
			os.Exit(1)
		}
		s.mu.Lock()
		s.canceled = binary.LittleEndian.Uint64(b)
		if s.canceled == s.running.Load() {
			s.cancel()
		}
		s.mu.Unlock()
	}
}

// begin returns the context of a request, and the function to call at its end.
func (s *identity) begin(request uint64) (ctx context.Context, end func()) {
	ctx, cancel := context.WithCancel(context.Background())
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cancel = cancel; s.canceled == request {
		cancel()
	}
	s.running.Store(request)
	return ctx, func() {
		s.running.Store(0)
		cancel()
	}
}

// giveUp exits a worker that cannot serve. The pool's process shows the text.
func giveUp(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "process: worker: "+format+"\n", args...)
	os.Exit(1)
}

// serve never returns. Register calls it during package initialization, which
// the runtime does on a thread of its own; tasks run elsewhere.
func (s *identity) serve() {
	s.serving.Store(true)
	// Ctrl-C in a terminal also signals the workers. They ignore it: the pool's
	// process decides, and if it ends, they exit. This is a handler, not
	// signal.Ignore, because programs that a task starts would inherit that.
	signal.Notify(make(chan os.Signal, 1), os.Interrupt)

	c := newConnection(os.NewFile(requestsFile, "requests"), os.NewFile(repliesFile, "replies"))
	exitOn(c.send(header{kind: ready}, failures, portable.Values{}))
	go s.answerAll(c)
	if !s.inMain {
		go s.watchCallbacks()
	}
	select {}
}

// answerAll answers requests until the pool closes. If a task ends this
// goroutine (runtime.Goexit), a new one continues.
func (s *identity) answerAll(c *connection) {
	defer func() { go s.answerAll(c) }()
	for {
		h, err := c.receive()
		exitOn(err)
		if h.kind != request || h.task >= uint32(len(registry)) {
			giveUp("got a message of kind %d for task %d of %d", h.kind, h.task, len(registry))
		}
		s.answer(c, h)
	}
}

// answer runs the task on every value of a request, and replies.
func (s *identity) answer(c *connection, h header) {
	t := registry[h.task]
	if h.count > math.MaxInt {
		giveUp("got a message for %d values", h.count)
	}
	ctx, end := s.begin(h.number)
	t.RunHere(ctx, c.payload, int(h.count), &s.progress.at, func(out portable.Values, f *registered.Failure) {
		end()
		exitOn(t.reply(c, out, f))
	})
}

// reply sends the results, or the failure if there are none.
func (t *task) reply(c *connection, out portable.Values, f *registered.Failure) error {
	if f == nil {
		err := c.send(header{kind: results, count: uint64(out.Len())}, t.Result, out)
		if refused := (*portable.ValueError)(nil); !errors.As(err, &refused) {
			return err
		}
		f = registered.FailureOf(registered.NoResult, err)
	}
	return c.sendFailure(f)
}

// exitOn exits the worker if err is not nil.
func exitOn(err error) {
	if errors.Is(err, io.EOF) {
		os.Exit(0)
	}
	if err != nil {
		giveUp("talking to the pool: %v", err)
	}
}
