package process

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync/atomic"

	"multiprocessing/lib/internal/caught"
	"multiprocessing/lib/internal/portable"
)

// tasksVariable is the environment variable that makes a program a worker;
// its value is the number of tasks that the pool's program has registered,
// with inMain after it if that program has called Serve.
const (
	tasksVariable = "MULTIPROCESSING_WORKER"
	inMain        = " in main"
)

// The files that a worker is started with, after stdin, stdout and stderr.
const (
	requestsFile = 3 + iota // the pool's requests
	repliesFile             // the worker's replies
	lifelineFile            // closed when the pool's process has ended, however it did
)

// self is what this process is. Package-level vars that register tasks are
// initialized after it.
var self = identify()

type identity struct {
	isWorker bool
	tasks    int          // how many tasks to wait for before it serves
	inMain   bool         // it serves in Serve, not in Register
	serving  atomic.Bool  // from then on it may have its own pools
	running  atomic.Int64 // number of the request that runs, or 0
}

// mainServes is whether this program has called Serve.
var mainServes atomic.Bool

// Serve runs tasks if this process is a worker, and then does not return.
// Otherwise it returns at once. A program needs it only if its tasks call C
// code that calls back into Go from its own threads: such a call waits until
// package initialization is complete, and without Serve a worker runs its
// tasks before that. Call it first in main, or in TestMain:
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

// mustHaveTasks gives up if tasks are missing.
func (s *identity) mustHaveTasks() {
	if len(registry) < s.tasks {
		giveUp("it registers fewer tasks (%d) than the program that started it (%d); call Register in the same package-level vars every time",
			len(registry), s.tasks)
	}
}

// identify finds out whether this process is a worker. If so it ties its
// life to the pool's process at once: its package initialization may take
// long, or never end. Programs that a task starts inherit nothing of this.
func identify() *identity {
	value, isWorker := os.LookupEnv(tasksVariable)
	if !isWorker {
		return &identity{}
	}
	os.Unsetenv(tasksVariable)
	number, inMain := strings.CutSuffix(value, inMain)
	tasks, err := strconv.Atoi(number)
	if err != nil || tasks < 1 {
		giveUp("%s=%q is not a number of tasks; unset it, it is for workers only", tasksVariable, value)
	}
	for fd := requestsFile; fd <= lifelineFile; fd++ {
		closeOnExec(fd)
	}
	go holdLifeline(os.NewFile(lifelineFile, "lifeline"))
	return &identity{isWorker: true, tasks: tasks, inMain: inMain}
}

// holdLifeline ends this process as soon as the pool's process is gone.
// Nothing is ever written to the lifeline, so a read returns only then.
func holdLifeline(lifeline *os.File) {
	lifeline.Read(make([]byte, 1))
	os.Exit(1)
}

// giveUp ends a worker that cannot work. The pool's process shows the text.
func giveUp(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "process: worker: "+format+"\n", args...)
	os.Exit(1)
}

// serve never returns. Register calls it during package initialization, which
// the runtime does on a thread of its own; tasks run elsewhere.
func (s *identity) serve() {
	s.serving.Store(true)
	// Ctrl-C in a terminal goes to the workers as well. The pool's process
	// decides what it means; if that one ends, so do they. A handler, and not
	// signal.Ignore, because programs that a task starts would inherit that.
	signal.Notify(make(chan os.Signal, 1), os.Interrupt)

	c := newConnection(os.NewFile(requestsFile, "requests"), os.NewFile(repliesFile, "replies"))
	exitOn(c.sendTexts(ready, 0))
	go s.answerAll(c, 1)
	if !s.inMain {
		go s.watchCallbacks()
	}
	select {}
}

// answerAll answers requests, of which the next is number n, until the pool
// closes. A task may end this goroutine (runtime.Goexit); then another takes
// over.
func (s *identity) answerAll(c *connection, n int64) {
	defer func() { go s.answerAll(c, n+1) }()
	for ; ; n++ {
		s.running.Store(0)
		h, err := c.receive()
		exitOn(err)
		s.running.Store(n)
		if h.kind != request || h.task >= uint32(len(registry)) {
			giveUp("got a message of kind %d for task %d of %d", h.kind, h.task, len(registry))
		}
		registry[h.task].serve(c, h)
	}
}

// exitOn ends the worker if its connection has ended.
func exitOn(err error) {
	if errors.Is(err, io.EOF) {
		os.Exit(0)
	}
	if err != nil {
		giveUp("talking to the pool: %v", err)
	}
}

// serve runs the task on every value of a request, and replies.
func (t *task) serve(c *connection, h header) {
	items, err := t.read(c, h)
	if err != nil {
		exitOn(c.sendTexts(unread, err.At, err.Error()))
		return
	}
	t.RunHere(items, func(results portable.Values, at int, p *caught.Panic) {
		exitOn(t.reply(c, results, at, p))
	})
}

// read decodes the values of a request. The worker exits if there are fewer or
// more of them than the request says.
func (t *task) read(c *connection, h header) (portable.Values, *portable.ValueError) {
	if h.count > math.MaxInt || len(c.payload) < t.Argument.AtLeast(int(h.count)) {
		giveUp("got a message of %d bytes for %d values", len(c.payload), h.count)
	}
	items := t.Argument.Make(int(h.count))
	err := t.Argument.Decode(c.payload, items)
	var unread *portable.ValueError
	if !errors.As(err, &unread) {
		exitOn(err)
	}
	return items, unread
}

// reply sends the results, or why there are none.
func (t *task) reply(c *connection, out portable.Values, at int, p *caught.Panic) error {
	if p != nil {
		return c.sendTexts(panicked, at, fmt.Sprint(p.Value), p.Stack)
	}
	err := c.send(header{kind: results, count: uint64(out.Len())}, t.Result, out)
	var refused *portable.ValueError
	if errors.As(err, &refused) {
		return c.sendTexts(unsent, refused.At, refused.Error())
	}
	return err
}
