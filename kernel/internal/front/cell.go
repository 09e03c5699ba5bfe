package front

import (
	"encoding/json"
	"net"
	"regexp"
	"strings"
	"time"

	"multiprocessing/kernel/internal/wire"
	"multiprocessing/kernel/internal/zmtp"
)

// cell is an execute_request, from the queue to its end.
type cell struct {
	request
	code         string // as the client sent it
	silent       bool
	storeHistory bool
	stopOnError  bool
	allowStdin   bool
	runs         bool // a program, and not GoNB's commands alone
	composed

	started time.Time // given to GoNB
	count   int       // In [count]
	output  output

	// What GoNB has said of its end; the cell is finished when there are a reply and an idle.
	reply json.RawMessage
	idle  bool

	tests   tests
	races   races
	builds  builds   // what the go command of cells has noted
	exits   []string // how commands and the program ended, in order; empty for those that succeeded
	failed  []string // what GoNB printed of runners that failed; of one that was ended before it began, there is no more
	program net.Conn // the runner
	asked   bool     // the runner waits for what the reader types
	fault   *failure // of the cell, which GoNB does not know or cannot tell
	stopped *stopped // by an interrupt
}

func newCell(r request, content executeRequest) *cell {
	or := func(value *bool, otherwise bool) bool {
		if value == nil {
			return otherwise
		}
		return *value
	}
	code := ""
	if content.Code != nil {
		code = *content.Code
	}
	return &cell{
		request: r, code: code, silent: content.Silent,
		storeHistory: !content.Silent && or(content.StoreHistory, true),
		stopOnError:  or(content.StopOnError, !content.Silent),
		allowStdin:   or(content.AllowStdin, true),
	}
}

// next begins the next cell.
func (f *front) next() {
	c := f.queue[0]
	f.queue = f.queue[1:]
	f.running = c
	c.started, c.count = time.Now(), f.count
	// Not when GoNB says so: jupyter console takes the idle of an earlier question for the cell's when it is slow to come.
	f.status("busy", c.Message)
	if c.fault == nil {
		err := f.try(func() error { f.begin(c); return nil })
		if err == nil {
			return
		}
		c.fault = failureOfRequest(err)
	}
	f.finishWithoutGoNB(c)
}

// begin gives a cell to GoNB.
func (f *front) begin(c *cell) {
	if c.storeHistory {
		f.count++
		c.count = f.count
		f.history.add(c.count, c.code)
	}
	take(f.backend.builds())
	take(f.backend.refused())
	if !c.silent {
		f.publish("execute_input", c.Message, map[string]any{"code": c.code, "execution_count": c.count})
	}
	c.composed = f.compose(c)
	f.toGoNB(f.backend.shell, c.Message, map[string]any{
		"code": c.composed.code, "silent": c.silent, "store_history": c.storeHistory,
		"user_expressions": struct{}{}, "allow_stdin": c.allowStdin, "stop_on_error": c.stopOnError,
	})
}

// exitLine is what GoNB prints of a runner that failed, and with ^C of one that was interrupted.
var exitLine = regexp.MustCompile(`^(?:\^C\n)?((?:exit status \d+|signal: [a-z /0-9]+)(?: \(core dumped\))?)\n$`)

// unknownCommand is what GoNB prints of a % command that there is not.
var unknownCommand = regexp.MustCompile(`^"(%[^"\n]*)" unknown or not implemented yet\.$`)

// cellPublished handles what GoNB publishes of the running cell.
func (f *front) cellPublished(c *cell, m wire.Message) {
	switch m.Header.Type {
	case "status":
		if text(m.Content, "execution_state") == "idle" {
			c.idle = true
			f.finish()
		}
		return // that it is busy has been said
	case "execute_input":
		return // it has been told what the client sent, and not what GoNB gets
	case "stream":
		f.stream(c, text(m.Content, "name"), text(m.Content, "text"))
		return
	case "error":
		return // comes again with the reply
	case "display_data", "execute_result":
		if !c.output.room(len(m.Content)) {
			return
		}
	}
	f.flush()
	f.pass(m, c.Message)
}

// stream handles what GoNB prints itself. What programs print comes from their runners.
func (f *front) stream(c *cell, name, text string) {
	if match := unknownCommand.FindStringSubmatch(text); match != nil {
		c.fault = short("UnknownCommand", match[1]+" is not a command of this kernel; %help lists them")
		return
	}
	if match := exitLine.FindStringSubmatch(text); match != nil {
		c.failed = append(c.failed, match[1])
	} else if !c.captured {
		f.print(c, name, text)
	}
}

// withoutReports keeps what belongs into the cell's error of what its program prints, and returns the rest.
func (f *front) withoutReports(c *cell, name, text string) (rest string) {
	switch {
	case name == "stderr":
		if text = c.races.take(text); text != "" {
			text = c.output.crash.take(text, func() { f.releaseCrash(c) }, f.after)
		}
	case c.parsed.IsTest():
		text = f.takeTests(&c.tests, text)
	}
	return text
}

// releaseCrash prints what looked like the end of the cell's program and was not: the program goes on.
func (f *front) releaseCrash(c *cell) {
	if f.running == c {
		f.print(c, "stderr", c.output.crash.release())
	}
}

// finish ends the running cell when GoNB has both replied and become idle.
func (f *front) finish() {
	c := f.running
	if c == nil || c.reply == nil || !c.idle {
		return
	}
	var failed *failure
	var times timing
	if err := f.try(func() error { failed, times = f.conclude(c); return nil }); err != nil {
		failed = failureOfRequest(err)
	}
	content := map[string]any{"status": "ok"}
	if failed != nil {
		f.publish("error", c.Message, failed)
		content = failed.content()
	}
	content["execution_count"], content["payload"], content["user_expressions"] = c.count, []any{}, struct{}{}
	f.reply(c.request, "execute_reply", content, times.metadata(content["status"]))
	f.running = nil
	f.status("idle", c.Message)
	if failed != nil && c.stopOnError {
		f.abort()
	}
	f.remember(c)
	f.endCellsProcesses(c)
}

// conclude tells how the cell went, and sends what is left of its output.
func (f *front) conclude(c *cell) (failed *failure, times timing) {
	c.builds = readBuilds(take(f.backend.builds()))
	f.print(c, "stdout", c.tests.line)
	failed = f.failureOf(c)
	f.print(c, "stderr", f.releaseRaces(&c.races))
	f.endOutput(c)
	times = f.timing(c, failed)
	f.showTiming(c, times)
	return failed, times
}

// finishWithoutGoNB ends the running cell because of a fault that GoNB does not know.
func (f *front) finishWithoutGoNB(c *cell) {
	c.reply, c.idle = json.RawMessage(`{"status": "ok"}`), true
	f.finish()
}

// abort drops the cells that wait: what they rely on has not happened. They get no number, as they have not run.
func (f *front) abort() {
	var doomed []request
	for _, c := range f.queue {
		doomed = append(doomed, c.request)
	}
	var others []request
	for _, r := range f.waiting { // GoNB is not ready yet
		if r.Header.Type == "execute_request" {
			doomed = append(doomed, r)
		} else {
			others = append(others, r)
		}
	}
	f.queue, f.waiting = nil, others
	for _, r := range doomed {
		f.status("busy", r.Message)
		f.reply(r, "execute_reply", map[string]string{"status": "aborted"}, map[string]any{"status": "aborted"})
		f.idle(r.Message)
	}
}

// died ends the running cell with an error, when GoNB has ended.
func (f *front) died() {
	if f.ending != nil {
		return
	}
	if c := f.running; c != nil {
		c.fault = short("KernelDied", "the kernel died: GoNB, which runs the cells, has ended; what cells have declared is lost: restart the kernel and run them again")
		c.stopOnError = true
		f.finishWithoutGoNB(c)
	}
}

// tooLarge handles a message from GoNB that was too large to be read to its end.
func (f *front) tooLarge(frames zmtp.Message) {
	kind, parent := beginning(frames)
	f.log.Printf("a message of GoNB's is over %d MB: %s", messageLimit>>20, kind)
	c := f.running
	if c == nil || parent != c.Header.ID {
		return
	}
	switch {
	case strings.HasSuffix(kind, "_reply"):
		c.reply = wire.JSON(failure{Name: "ERROR", Value: "the error's text is too long to be shown"}.content())
		f.finish()
	case kind != "error":
		f.print(c, "stderr", tooLargeText)
	}
}

const tooLargeText = "[left out here: something of more than 8 MB that the cell wanted to show; write it to a file, and show a link to it]\n"

// beginning returns the type and the parent's id of a message that was not read to its end.
func beginning(frames zmtp.Message) (kind, parent string) {
	for i, frame := range frames {
		if string(frame) == "<IDS|MSG>" && len(frames) > i+3 {
			return text(json.RawMessage(frames[i+2]), "msg_type"), text(json.RawMessage(frames[i+3]), "msg_id")
		}
	}
	return "", ""
}
