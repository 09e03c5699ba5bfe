package explore

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"time"

	"multiprocessing/lib/display"
	"multiprocessing/lib/internal/notebook"
)

// Limits of waiting.
var (
	patience  = 5 * time.Second  // for the page to answer at all
	idleLimit = 30 * time.Minute // for the next press of a button
)

// session is a cell that is connected to its page.
type session struct {
	Cell
	id       string // of its displays, and of its address
	panel    panel
	places   places
	requests chan request
	ran      chan error // how a run ended
	deafen   func()     // ends the listening
	running  bool
	failed   bool // the last run that ended
	runs     int
	begun    time.Time // of the last run
}

// connect shows the controls and waits for their page. Without one it returns
// an error, and nothing is left shown.
func (c Cell) connect() (*session, error) {
	kernel := os.Getenv(kernelID)
	if !notebook.Inside() || kernel == "" {
		return nil, errNobody // papermill and nbconvert start kernels without one
	}
	s := newSession(c, notebook.Put)
	var err error
	if s.deafen, err = notebook.Listen(s.address(), s.receive); err != nil {
		return nil, err
	}
	if err = s.panel.open(c, kernel, s.address()); err == nil && s.greeted() {
		return s, nil
	}
	s.deafen()
	if err == nil {
		err = errSilent
	}
	return nil, errors.Join(err, s.panel.remove())
}

func newSession(c Cell, put func(notebook.Message) error) *session {
	s := &session{Cell: c, id: fmt.Sprintf("mp-explore-%016x", rand.Uint64()), deafen: func() {}, requests: make(chan request, 16), ran: make(chan error, 1)}
	s.panel = panel{id: s.id, put: put}
	s.places = places{id: s.id, put: put, progress: s.panel.progress}
	return s
}

func (s *session) address() string { return "/" + s.id }

// receive is called with what comes from the page. What is no request is
// dropped, and so is what comes faster than it can be handled.
func (s *session) receive(value any) {
	r, err := requestOf(value)
	if err != nil {
		return
	}
	select {
	case s.requests <- r:
	default:
	}
}

// greeted waits for the page's first word.
func (s *session) greeted() bool {
	select {
	case <-s.requests:
		return true
	case <-time.After(patience):
		return false
	}
}

// serve answers the page until there is a reason to end.
func (s *session) serve(interrupts <-chan os.Signal) {
	defer s.deafen()
	defer notebook.Redirect(s.places.show)()
	idle := time.NewTimer(idleLimit)
	defer idle.Stop()
	s.panel.say("ready", "Choose, then press Run.")
	for why := ""; why == ""; {
		select {
		case r := <-s.requests:
			why = s.handle(r)
			idle.Reset(idleLimit)
		case err := <-s.ran:
			s.finish(err)
			idle.Reset(idleLimit)
		case <-interrupts:
			why = "Interrupted"
		case <-idle.C:
			if !s.running {
				why = fmt.Sprintf("Ended after %.0f minutes without a run", idleLimit.Minutes())
			}
		}
		if why != "" {
			s.end(why)
		}
	}
}

// handle does what the page asks for, and returns why the cell is to end, ""
// if it is not.
func (s *session) handle(r request) (why string) {
	switch {
	case r.Do == "stop":
		return "Stopped"
	case r.Do == "hello": // a page that has drawn the controls anew
		s.panel.repeat()
	case !s.running:
		s.start(r.Values)
	}
	return ""
}

func (s *session) start(values []string) {
	if err := s.set(values); err != nil {
		s.panel.say("ready", "Not run: "+err.Error()+".")
		return
	}
	s.running, s.runs, s.begun = true, s.runs+1, time.Now()
	s.places.begin()
	s.panel.say("running", fmt.Sprintf("Run %d, with %s, is computing.", s.runs, s.parameters()))
	go s.run()
}

// run calls Run and passes on how it ended, whichever way it does.
func (s *session) run() {
	err := errors.New("it ended its goroutine (runtime.Goexit)")
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
			fmt.Fprintf(os.Stderr, "%v\n%s", err, debug.Stack())
		}
		s.ran <- err
	}()
	s.Run(&Output{})
	err = nil
}

func (s *session) finish(err error) {
	if err == nil {
		err = s.places.end()
	}
	s.running, s.failed = false, err != nil
	if s.failed {
		s.panel.say("ready", fmt.Sprintf("Run %d, with %s, failed: %v.", s.runs, s.parameters(), err))
		return
	}
	s.panel.say("ready", fmt.Sprintf("Run %d, with %s, took %s s.", s.runs, s.parameters(), display.Number(time.Since(s.begun).Seconds())))
}

// end leaves a line in place of the controls: what is saved with the notebook
// must not look as if it could be used.
func (s *session) end(why string) {
	s.places.close()
	switch {
	case s.runs == 0:
		why += " before the first run."
	case s.running:
		why += fmt.Sprintf(" in the middle of run %d, with %s: what is shown may be of the run before.", s.runs, s.parameters())
	case s.failed:
		why += fmt.Sprintf(" after run %d, with %s, which failed: what is shown may be of the run before.", s.runs, s.parameters())
	default:
		why += fmt.Sprintf(" after run %d. What is shown is of the last, with %s.", s.runs, s.parameters())
	}
	s.panel.end(why + " Run this cell again to go on.")
}
