// Package front is the kernel as Jupyter sees it. It keeps the promises of Jupyter's protocol that GoNB leaves open,
// and has GoNB, unchanged, do what it does well: build and run cells.
//
// One goroutine, the loop, owns all that the front knows: what happens on sockets and timers is posted to it as a
// function. Cells are held here and given to GoNB one at a time. What GoNB sends is passed on as it came, but for what a
// cell prints, which is gathered and cut when it is too much, and how it failed, which is said in words of its own.
//
// Cost: half a millisecond a message, 15 MB.
package front

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	gocell "multiprocessing/kernel/internal/cell"
	"multiprocessing/kernel/internal/instrument"
	"multiprocessing/kernel/internal/wire"
	"multiprocessing/kernel/internal/zmtp"
)

// channel is one of Jupyter's, by which requests come.
type channel string

const (
	shell   channel = "shell"
	control channel = "control"
	stdin   channel = "stdin"
)

// request is a message of a client, with the way back.
type request struct {
	wire.Message
	from     channel
	identity []byte
	broken   error // set if only the header of a client's message can be read
}

// front is a running kernel. All but the sockets belongs to the loop.
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
	waiting  []request // until GoNB is ready
	queue    []*cell   // cells that wait for their turn
	running  *cell
	count    int // of the last cell that was executed
	comms    map[string]string
	shown    map[string]bool // the identifiers of displays
	history  history
	language *language

	declared gocell.Store     // by the cells so far
	unbuilt  map[string]place // of names, where cells that were not built declare them otherwise
	packages *gocell.Packages
	standard *instrument.Packages // for %schedules
	labels   map[[32]byte]int     // of cells in programs, by the hash of the cell: the number of its first run
	counts   map[int]int          // the number of the last run, by label

	survive map[int]bool // processes that outlive their cell on purpose
	ending  *ending
}

// ending is why and how the front ends.
type ending struct{ err error }

// Run serves a kernel on the connection that the file describes until a client shuts it down, its parent is gone, or
// GoNB ends. The flags are GoNB's.
func Run(connectionFile string, flags []string) error {
	parent := os.Getppid()
	connection, err := readConnection(connectionFile)
	if err != nil {
		return err
	}
	f := &front{
		key: wire.Key(connection.Key), session: rand.Text(), log: log.New(os.Stderr, "front: ", log.LstdFlags),
		events: make(chan func(), 16), done: make(chan struct{}), comms: map[string]string{}, shown: map[string]bool{}, unbuilt: map[string]place{},
		labels: map[[32]byte]int{}, counts: map[int]int{}, packages: gocell.NewPackages(goroot(), os.Getenv("MULTIPROCESSING_MODULE"), moduleCache()),
	}
	if f.sockets, err = connection.listen(f.refuse, f.receive); err != nil {
		return err
	}
	defer f.sockets.close()
	if f.backend, err = startBackend(connection, flags); err != nil {
		return err
	}
	if err := f.listenPrograms(); err != nil {
		f.backend.stop()
		return fmt.Errorf("listening to cells' programs: %w", err)
	}
	f.language = newLanguage(f.backend.folder, f.packages)
	f.publish("status", wire.Message{}, map[string]string{"execution_state": "starting"})
	go f.packages.Load()
	go f.attach()
	go f.watchParent(parent)
	go f.watchBackend()
	stop := f.watchSignals()
	defer stop()
	f.loop()
	f.language.close()
	f.backend.stop()
	return f.ending.err
}

func (f *front) loop() {
	defer close(f.done)
	for f.ending == nil {
		f.do(<-f.events)
		for f.ending == nil && f.running == nil && len(f.queue) > 0 {
			f.do(f.next)
		}
	}
}

// do has an event handled. If that ends with a panic, the cell that runs has failed.
func (f *front) do(event func()) {
	err := f.try(func() error { event(); return nil })
	if c := f.running; err != nil && c != nil && c.fault == nil {
		c.fault = failureOfRequest(err)
	}
}

// post has the loop call event. It waits while the loop is behind, so that whoever sends too much is slowed down.
func (f *front) post(event func()) {
	select {
	case f.events <- event:
	case <-f.done:
	}
}

// after has the loop call event in a while.
func (f *front) after(wait time.Duration, event func()) *time.Timer {
	return time.AfterFunc(wait, func() { f.post(event) })
}

// end ends the loop.
func (f *front) end(err error) {
	if f.ending == nil {
		f.ending = &ending{err}
	}
}

// watchParent ends the front when the program that started it is gone: a client that was killed shuts nothing down.
func (f *front) watchParent(parent int) {
	for {
		select {
		case <-f.done:
			return
		case <-time.After(250 * time.Millisecond):
		}
		if os.Getppid() != parent {
			f.post(func() { f.end(errors.New("the program that started this kernel is gone")) })
			return
		}
	}
}

// watchBackend ends the front when GoNB does. The front does not start another: what the cells have declared is lost,
// and only Jupyter can tell its reader so. It sees that the kernel is gone, and starts a new one.
func (f *front) watchBackend() {
	<-f.backend.ended
	f.post(func() {
		f.died()
		f.end(errors.New("GoNB has ended by itself; its own messages are above"))
	})
}

// watchSignals takes an interrupt for the cell's, as from a terminal, and others for a shutdown.
func (f *front) watchSignals() (stop func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		for s := range signals {
			if s == os.Interrupt {
				f.post(f.interrupt)
			} else {
				f.post(func() { f.end(nil) })
			}
		}
	}()
	return func() {
		signal.Stop(signals)
		close(signals)
	}
}

// refuse notes a message that is not a client's.
func (f *front) refuse(err error) {
	f.post(func() {
		f.refusals++
		f.log.Printf("refused message %d: %v", f.refusals, err)
	})
}

// receive takes a client's message.
func (f *front) receive(r request) {
	f.post(func() {
		if f.replays.Again(r.Message) {
			f.refusals++
			f.log.Printf("refused message %d: %s has come before", f.refusals, r.Header.Type)
			return
		}
		f.accept(r)
	})
}

// publish sends a message of our own to all clients.
func (f *front) publish(kind string, parent wire.Message, content any) {
	f.pass(wire.New(kind, f.session, parent, content), parent)
}

// pass sends a message to all clients, as an answer to parent.
func (f *front) pass(m, parent wire.Message) {
	switch m.Header.Type {
	case "stream", "display_data", "update_display_data", "comm_msg":
		f.send(m, parent, true)
	default:
		f.send(m, parent, false)
	}
}

// send sends a message to all clients but those for whom too much waits already, if it may be lost.
func (f *front) send(m, parent wire.Message, mayBeLost bool) {
	m.Identities, m.Parent = [][]byte{[]byte(m.Header.Type)}, parent.RawHeader
	if lost := f.sockets.iopub.Publish(f.key.Frames(m), mayBeLost); lost > 0 {
		f.log.Printf("%s: lost for %d clients that are too slow", m.Header.Type, lost)
		if c := f.running; c != nil && c.Header.ID == parent.Header.ID {
			c.output.lost++
		}
	}
}

// reply answers a request on the channel that it came by.
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
		f.log.Printf("%s for a client that is gone", m.Header.Type)
	}
}

// status publishes what the kernel does for a request.
func (f *front) status(state string, parent wire.Message) {
	f.publish("status", parent, map[string]string{"execution_state": state})
}

// idle says that a request is done. JupyterLab shows the last status whosever it is, so that the cell's is sent again.
func (f *front) idle(parent wire.Message) {
	f.status("idle", parent)
	if f.running != nil {
		f.status("busy", f.running.Message)
	}
}

// toGoNB sends a client's message on, with a content that GoNB can read: what it does not expect ends it.
func (f *front) toGoNB(conn *zmtp.Conn, m wire.Message, content any) {
	clean := wire.Message{RawHeader: wire.JSON(m.Header), Content: wire.JSON(content)}
	if err := conn.Write(f.key.Frames(clean)); err != nil {
		f.log.Printf("sending %s to GoNB: %v", m.Header.Type, err)
	}
}
