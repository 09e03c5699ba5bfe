package front

import (
	"fmt"
	"os"
	"slices"
	"time"

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/internal/firstcell"
)

// setUp is a set-up that has not yet made what a cell needs. JupyterLab starts before.
type setUp struct {
	stamp   firstcell.Stamp
	began   time.Time
	shown   string // id of the execute_request in whose output it is shown
	stopped bool   // no process makes the rest
}

// unfinishedSetUp returns nil if all is made that a cell needs.
func unfinishedSetUp() *setUp {
	stamp := firstcell.Stamp(os.Getenv(envvar.FirstCell))
	if stamp == "" || stamp.Made() {
		return nil
	}
	return &setUp{stamp: stamp, began: time.Now()}
}

const setUpTick = 500 * time.Millisecond

// awaitSetUp posts what set-up does, and its end.
func (f *front) awaitSetUp(stamp firstcell.Stamp) {
	for {
		doing, runs := stamp.SetUp()
		switch { // in this order: it may have ended just now
		case stamp.Made():
			f.post(f.setUpEnded)
			return
		case runs:
			f.post(func() { f.showSetUp(doing) })
		default:
			f.post(f.setUpStopped)
		}
		select {
		case <-f.done:
			return
		case <-time.After(setUpTick):
		}
	}
}

// waitingCell returns the request of the first cell that waits.
func (f *front) waitingCell() (r request, found bool) {
	i := slices.IndexFunc(f.waiting, func(r request) bool { return r.Header.Type == "execute_request" })
	if i < 0 {
		return request{}, false
	}
	return f.waiting[i], true
}

// showSetUp shows in the output of the first cell what it waits for.
func (f *front) showSetUp(doing string) {
	f.setUp.stopped = false
	r, found := f.waitingCell()
	if !found {
		return
	}
	kind := "update_display_data"
	if f.setUp.shown != r.Header.ID {
		f.setUp.shown, kind = r.Header.ID, "display_data"
		f.status("busy", r.Message)
	}
	text := fmt.Sprintf("The kernel is being set up, which happens once: %s. This cell runs after that. %d s so far.", doing, int(time.Since(f.setUp.began).Seconds()))
	f.publish(kind, r.Message, map[string]any{
		"data": map[string]string{"text/plain": text}, "metadata": struct{}{}, "transient": map[string]string{"display_id": "set-up-" + r.Header.ID},
	})
}

// clearSetUp removes what showSetUp has shown.
func (f *front) clearSetUp() {
	if r, found := f.waitingCell(); found && f.setUp.shown == r.Header.ID {
		f.publish("clear_output", r.Message, map[string]bool{"wait": false})
	}
	f.setUp.shown = ""
}

// setUpEnded starts GoNB.
func (f *front) setUpEnded() {
	f.clearSetUp()
	f.setUp = nil
	if err := f.startBackend(); err != nil {
		f.stop(err)
	}
}

// setUpStopped fails the cells that wait: nobody knows when set-up will continue.
func (f *front) setUpStopped() {
	f.clearSetUp()
	f.setUp.stopped = true
	for _, r := range f.takeWaitingCells() {
		f.failWithoutSetUp(r)
	}
}

func (f *front) failWithoutSetUp(r request) {
	c := newExecution(r, executeRequest{})
	c.fault = short("SetUpStopped", "the kernel's set-up has stopped before it was complete; what it said is where \"go run ./kernel lab\" was started: start it again")
	f.queue = append(f.queue, c)
}
