package process

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/signal"
	"strconv"
	"sync/atomic"

	"multiprocessing/lib/internal/caught"
	"multiprocessing/lib/internal/portable"
)

// tasksVariable is the environment variable that makes a program a worker;
// its value is the number of tasks that the pool's program has registered.
const tasksVariable = "MULTIPROCESSING_WORKER"

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
	tasks    int         // how many tasks to wait for before it serves
	serving  atomic.Bool // from then on it may have pools of its own
}

// identify finds out whether this process is a worker. If so it ties its
// life to the pool's process at once: its package initialization may take
// long, or never end. What a task starts shall inherit nothing of this.
func identify() *identity {
	value, isWorker := os.LookupEnv(tasksVariable)
	if !isWorker {
		return &identity{}
	}
	os.Unsetenv(tasksVariable)
	tasks, err := strconv.Atoi(value)
	if err != nil || tasks < 1 {
		giveUp("%s=%q is not a number of tasks; unset it, it is for workers only", tasksVariable, value)
	}
	for fd := requestsFile; fd <= lifelineFile; fd++ {
		closeOnExec(fd)
	}
	go holdLifeline(os.NewFile(lifelineFile, "lifeline"))
	return &identity{isWorker: true, tasks: tasks}
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

// serve never returns. It is called from package initialization, which the
// runtime does on a thread of its own; tasks run elsewhere.
func (s *identity) serve() {
	s.serving.Store(true)
	// Ctrl-C in a terminal goes to the workers as well. The pool's process
	// decides what it means; if that one ends, so do they. A handler, and not
	// signal.Ignore, because programs that a task starts would inherit that.
	signal.Notify(make(chan os.Signal, 1), os.Interrupt)

	c := newConnection(os.NewFile(requestsFile, "requests"), os.NewFile(repliesFile, "replies"))
	exitOn(c.sendTexts(ready, 0))
	go answerAll(c)
	select {}
}

// answerAll answers requests until the pool closes. A task may end this
// goroutine (runtime.Goexit); then another takes over.
func answerAll(c *connection) {
	defer func() { go answerAll(c) }()
	for {
		h, err := c.receive()
		exitOn(err)
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
func (t *Task[T, R]) serve(c *connection, h header) {
	items, err := t.read(c, h)
	if err != nil {
		exitOn(c.sendTexts(unread, err.At, err.Error()))
		return
	}
	out := make([]R, len(items))
	at := 0
	var panics caught.First
	defer func() { // deferred, for a task may end the goroutine
		exitOn(t.reply(c, out, at, panics.Panic()))
	}()
	panics.Run(func() {
		for at = range items {
			out[at] = t.f(items[at])
		}
	})
}

// read decodes the values of a request. The worker exits if there are fewer or
// more of them than the request says.
func (t *Task[T, R]) read(c *connection, h header) ([]T, *portable.ValueError) {
	if h.count > math.MaxInt || len(c.payload) < t.argument.AtLeast(int(h.count)) {
		giveUp("got a message of %d bytes for %d values", len(c.payload), h.count)
	}
	items := make([]T, h.count)
	err := t.argument.Decode(c.payload, items)
	var unread *portable.ValueError
	if !errors.As(err, &unread) {
		exitOn(err)
	}
	return items, unread
}

// reply sends the results, or why there are none.
func (t *Task[T, R]) reply(c *connection, out []R, at int, p *caught.Panic) error {
	if p != nil {
		return c.sendTexts(panicked, at, fmt.Sprint(p.Value), p.Stack)
	}
	err := send(c, header{kind: results, count: uint64(len(out))}, t.result, out)
	var refused *portable.ValueError
	if errors.As(err, &refused) {
		return c.sendTexts(unsent, refused.At, refused.Error())
	}
	return err
}
