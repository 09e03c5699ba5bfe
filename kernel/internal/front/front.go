// Package front is the kernel as Jupyter sees it. It implements the parts of Jupyter's protocol that GoNB does not, and
// uses GoNB, unchanged, to build and run cells.
//
// One goroutine, the loop, owns the front's state: events on sockets and timers are posted to it as functions. The front
// queues cells and sends them to GoNB one at a time. It forwards GoNB's messages unchanged, except a cell's output, which
// it collects and limits, and errors, which it rewrites.
//
// Cost: half a millisecond a message, 15 MB of memory.
package front

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/internal/cell"
	"multiprocessing/kernel/internal/cellbuild"
	"multiprocessing/kernel/internal/complete"
	"multiprocessing/kernel/internal/instrument"
	"multiprocessing/kernel/internal/wire"
	"multiprocessing/kernel/internal/zmtp"
)

// channel is one of Jupyter's channels for requests.
type channel string

const (
	shell   channel = "shell"
	control channel = "control"
	stdin   channel = "stdin"
)

// request is a message from a client, with the channel and identity for the reply.
type request struct {
	wire.Message
	from     channel
	identity []byte
	broken   error // set if only the header of the message can be read
}

// front is a running kernel. Only the loop may use its fields, except the sockets.
type front struct {
	key     wire.Key
	session string
	sockets *sockets
	backend *backend
	log     *log.Logger

	events chan func()
	done   chan struct{} // closed when the loop has ended

	replays  wire.Replays
	refusals int
	probe    probe
	setUp    *setUp       // not nil while set-up has not made what a cell needs
	waiting  []request    // requests that wait until GoNB is ready
	queue    []*execution // cells that wait for their turn
	running  *execution
	count    int // execution count of the last cell
	comms    map[string]string
	shown    map[string]bool // identifiers of displays
	history  history
	gopls    *complete.Gopls

	declared cell.Declarations // declarations of the cells so far
	unbuilt  map[string]place  // by name: the place of a declaration in a cell that was not built
	packages *cell.Packages
	standard *instrument.Packages // for %schedules
	labels   map[[32]byte]int     // by hash of a cell: the number of its first run, which is its label in programs
	counts   map[int]int          // by label: the number of the cell's last run

	survive  map[int]bool // ids of background processes, which outlive their cell
	stopping *stopping
}

// stopping is set when the loop must end; err is the result of Run.
type stopping struct{ err error }

// Run serves a kernel on the connection that the file describes, until a client shuts the kernel down, its parent
// process ends, or GoNB ends. The flags are for GoNB.
func Run(connectionFile string, flags []string) error {
	parent := os.Getppid()
	completeEnvironment()
	connection, err := readConnection(connectionFile)
	if err != nil {
		return err
	}
	f := &front{
		key: wire.Key(connection.Key), session: rand.Text(), log: log.New(os.Stderr, "front: ", log.LstdFlags),
		events: make(chan func(), 16), done: make(chan struct{}), comms: map[string]string{}, shown: map[string]bool{}, unbuilt: map[string]place{},
		labels: map[[32]byte]int{}, counts: map[int]int{}, packages: cell.NewPackages(cellbuild.Goroot(), notebookFolder(), os.Getenv(envvar.Module), cellbuild.ModuleCache()),
	}
	if f.sockets, err = connection.listen(f.refuse, f.receive); err != nil {
		return err
	}
	defer f.sockets.close()
	if f.backend, err = newBackend(connection, flags); err != nil {
		return err
	}
	defer f.backend.stop()
	if err := f.listenPrograms(); err != nil {
		return fmt.Errorf("listening to cells' programs: %w", err)
	}
	gopls, err := besideUs(filepath.Join("..", "gopls"))
	if err != nil {
		return err
	}
	f.gopls = complete.New(gopls, f.backend.folder, connectionFile, f.packages)
	f.publish("status", wire.Message{}, map[string]string{"execution_state": "starting"})
	if f.setUp = unfinishedSetUp(); f.setUp != nil {
		go f.awaitSetUp(f.setUp.stamp)
	} else if err := f.startBackend(); err != nil {
		return err
	}
	go f.watchParent(parent)
	stop := f.watchSignals()
	defer stop()
	f.loop()
	f.gopls.Close()
	return f.stopping.err
}

func (f *front) startBackend() error {
	if err := f.backend.start(); err != nil {
		return err
	}
	go f.packages.Load()
	go f.attach()
	go f.watchBackend()
	return nil
}

func (f *front) loop() {
	defer close(f.done)
	for f.stopping == nil {
		f.do(<-f.events)
		for f.stopping == nil && f.running == nil && len(f.queue) > 0 {
			f.do(f.next)
		}
	}
}

// do handles an event. If it panics, the running cell fails.
func (f *front) do(event func()) {
	err := f.try(func() error { event(); return nil })
	if c := f.running; err != nil && c != nil && c.fault == nil {
		c.fault = failureOfRequest(err)
	}
}

// post makes the loop call event. It blocks while the loop is busy, which slows down senders.
func (f *front) post(event func()) {
	select {
	case f.events <- event:
	case <-f.done:
	}
}

// after makes the loop call event after wait.
func (f *front) after(wait time.Duration, event func()) *time.Timer {
	return time.AfterFunc(wait, func() { f.post(event) })
}

// stop ends the loop.
func (f *front) stop(err error) {
	if f.stopping == nil {
		f.stopping = &stopping{err}
	}
}

// watchParent ends the front when the program that started it ends, because a client that is killed sends no shutdown.
func (f *front) watchParent(parent int) {
	for {
		select {
		case <-f.done:
			return
		case <-time.After(250 * time.Millisecond):
		}
		if os.Getppid() != parent {
			f.post(func() { f.stop(errors.New("the program that started this kernel is gone")) })
			return
		}
	}
}

// watchBackend ends the front when GoNB ends. The front does not restart GoNB, because the cells' declarations are lost,
// and only Jupyter can inform the reader. Jupyter notices the end of the kernel, and starts a new one.
func (f *front) watchBackend() {
	<-f.backend.ended
	f.post(func() {
		f.died()
		f.stop(errors.New("GoNB has ended unexpectedly; its own messages are above"))
	})
}

// watchSignals interrupts the running cell on SIGINT, and ends the front on other signals.
func (f *front) watchSignals() (stop func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		for s := range signals {
			if s == os.Interrupt {
				f.post(f.interrupt)
			} else {
				f.post(func() { f.stop(nil) })
			}
		}
	}()
	return func() {
		signal.Stop(signals)
		close(signals)
	}
}

// refuse logs a message that is not from a client.
func (f *front) refuse(err error) {
	f.post(func() {
		f.refusals++
		f.log.Printf("refused message %d: %v", f.refusals, err)
	})
}

// receive handles a client's message.
func (f *front) receive(r request) {
	f.post(func() {
		if f.replays.Again(r.Message) {
			f.refusals++
			f.log.Printf("refused message %d: replay of %s", f.refusals, r.Header.Type)
			return
		}
		f.accept(r)
	})
}

// publish sends a new message to all clients.
func (f *front) publish(kind string, parent wire.Message, content any) {
	f.pass(wire.New(kind, f.session, parent, content), parent)
}

// pass sends a message with the given parent to all clients.
func (f *front) pass(m, parent wire.Message) {
	switch m.Header.Type {
	case "stream", "display_data", "update_display_data", "comm_msg":
		f.send(m, parent, true)
	default:
		f.send(m, parent, false)
	}
}

// send sends a message to all clients. If it may be lost, slow clients whose queue is full do not get it.
func (f *front) send(m, parent wire.Message, mayBeLost bool) {
	m.Identities, m.Parent = [][]byte{[]byte(m.Header.Type)}, parent.RawHeader
	if lost := f.sockets.iopub.Publish(f.key.Frames(m), mayBeLost); lost > 0 {
		f.log.Printf("%s: lost for %d clients that are too slow", m.Header.Type, lost)
		if c := f.running; c != nil && c.Header.ID == parent.Header.ID {
			c.output.lost++
		}
	}
}

// reply answers a request on its channel.
func (f *front) reply(r request, kind string, content any, metadata any) {
	m := wire.New(kind, f.session, r.Message, content)
	if metadata != nil {
		m.Metadata = wire.JSON(metadata)
	}
	f.sendTo(r, r.from, m)
}

func (f *front) sendTo(r request, to channel, m wire.Message) {
	server := map[channel]*zmtp.Server{shell: f.sockets.shell, control: f.sockets.control, stdin: f.sockets.stdin}[to]
	m.Identities, m.Parent = r.Identities, r.RawHeader
	if !server.Send(r.identity, f.key.Frames(m)) {
		f.log.Printf("%s not sent: the client is gone", m.Header.Type)
	}
}

// status publishes the kernel's state for a request.
func (f *front) status(state string, parent wire.Message) {
	f.publish("status", parent, map[string]string{"execution_state": state})
}

// idle publishes that a request is done. JupyterLab shows the last status, whatever its request, so the running cell's
// busy is sent again.
func (f *front) idle(parent wire.Message) {
	f.status("idle", parent)
	if f.running != nil {
		f.status("busy", f.running.Message)
	}
}

// toGoNB forwards a client's message to GoNB, with a content that GoNB can parse: it crashes on unexpected fields.
func (f *front) toGoNB(conn *zmtp.Conn, m wire.Message, content any) {
	clean := wire.Message{RawHeader: wire.JSON(m.Header), Content: wire.JSON(content)}
	if err := conn.Write(f.key.Frames(clean)); err != nil {
		f.log.Printf("sending %s to GoNB: %v", m.Header.Type, err)
	}
}
