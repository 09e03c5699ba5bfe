package front

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"multiprocessing/kernel/internal/gonb"
	"multiprocessing/kernel/internal/wire"
	"multiprocessing/kernel/internal/zmtp"
)

// execution is an execute_request, from the time when it is queued to its end.
type execution struct {
	request
	code         string // as the client sent it
	silent       bool
	storeHistory bool
	stopOnError  bool
	allowStdin   bool
	runs         bool // it has a program or shell commands, not only commands of GoNB
	composed

	started time.Time // when the cell's turn came
	count   int       // In [count]
	output  output

	// From GoNB; the cell is finished when there are a reply and an idle status.
	reply json.RawMessage
	idle  bool

	tests   tests
	races   races
	builds  builds   // reports of the go command of cells
	exits   []string // how commands and the program ended, in order; empty for success
	failed  []string // GoNB's messages about failed runners; the only trace of a runner that ended before it connected
	program net.Conn // the connection to the runner
	asked   bool     // the runner waits for input from the reader
	fault   *failure // a failure that GoNB does not report
	stopped *stopped // not nil if the cell was interrupted
}

func newExecution(r request, content executeRequest) *execution {
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
	return &execution{
		request: r, code: code, silent: content.Silent,
		storeHistory: !content.Silent && or(content.StoreHistory, true),
		stopOnError:  or(content.StopOnError, !content.Silent),
		allowStdin:   or(content.AllowStdin, true),
	}
}

// executeRequest is the content of an execute_request.
type executeRequest struct {
	Code         *string `json:"code"`
	Silent       bool    `json:"silent"`
	StoreHistory *bool   `json:"store_history"`
	AllowStdin   *bool   `json:"allow_stdin"`
	StopOnError  *bool   `json:"stop_on_error"`
}

// execute puts a cell in the queue.
func (f *front) execute(r request) {
	var content executeRequest
	err := json.Unmarshal(r.Content, &content)
	if err == nil && content.Code == nil {
		err = errors.New("no code")
	}
	f.enqueue(r, content, err)
}

// enqueue puts a cell in the queue, even if it cannot be run: then it fails in its turn, and the cells after it are dropped.
func (f *front) enqueue(r request, content executeRequest, err error) {
	c := newExecution(r, content)
	if err != nil {
		c.fault = failureOfRequest(fmt.Errorf("%s: %w", r.Header.Type, err))
	}
	f.queue = append(f.queue, c)
}

// next starts the next cell.
func (f *front) next() {
	c := f.queue[0]
	f.queue = f.queue[1:]
	f.running = c
	c.started, c.count = time.Now(), f.count
	// Send busy now, not when GoNB sends it: if it is late, jupyter console takes an earlier request's idle for the cell's.
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

// begin sends a cell to GoNB.
func (f *front) begin(c *execution) {
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

// cellPublished handles a message that GoNB publishes about the running cell.
func (f *front) cellPublished(c *execution, m wire.Message) {
	switch m.Header.Type {
	case "status":
		if text(m.Content, "execution_state") == "idle" {
			c.idle = true
			f.finish()
		}
		return // next has already sent busy
	case "execute_input":
		return // begin has already sent the client's code; GoNB has different code
	case "stream":
		f.stream(c, text(m.Content, "name"), text(m.Content, "text"))
		return
	case "error":
		return // the reply contains it as well
	case "display_data", "execute_result":
		if !c.output.room(len(m.Content)) {
			return
		}
	}
	f.flush()
	f.pass(m, c.Message)
}

func unknownCommand(command string) *failure {
	return short("UnknownCommand", command+" is not a command of this kernel; %help lists them")
}

// stream handles the output of GoNB itself. The output of programs comes from their runners.
func (f *front) stream(c *execution, name, text string) {
	if command, ok := gonb.UnknownCommand(text); ok {
		c.fault = unknownCommand(command)
		return
	}
	if how, ok := gonb.Exited(text); ok {
		c.failed = append(c.failed, how)
	} else if !c.captured {
		f.print(c, name, text)
	}
}

// withoutReports removes reports (crashes, data races, tests) that become part of the cell's error from the output of its
// program, and returns the rest.
func (f *front) withoutReports(c *execution, name, text string) (rest string) {
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

// releaseCrash prints text that looked like a crash report, because the program continues.
func (f *front) releaseCrash(c *execution) {
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
	f.stopCellsProcesses(c)
}

// conclude returns the cell's failure and times, and sends the rest of its output.
func (f *front) conclude(c *execution) (failed *failure, times timing) {
	c.builds = readBuilds(take(f.backend.builds()))
	f.print(c, "stdout", c.tests.line)
	failed = f.failureOf(c)
	f.print(c, "stderr", f.releaseRaces(&c.races))
	f.endOutput(c)
	if failed == nil {
		f.showFolded(c)
	}
	times = f.timing(c, failed)
	f.showTiming(c, times)
	return failed, times
}

// finishWithoutGoNB ends the running cell because of a fault that GoNB does not report.
func (f *front) finishWithoutGoNB(c *execution) {
	c.reply, c.idle = json.RawMessage(`{"status": "ok"}`), true
	f.finish()
}

// abort drops the queued cells after a cell failed, because they may depend on it. They get no execution count, because
// they have not run.
func (f *front) abort() {
	var doomed []request
	for _, c := range f.queue {
		doomed = append(doomed, c.request)
	}
	f.queue = nil
	for _, r := range append(doomed, f.takeWaitingCells()...) {
		f.status("busy", r.Message)
		f.reply(r, "execute_reply", map[string]string{"status": "aborted"}, map[string]any{"status": "aborted"})
		f.idle(r.Message)
	}
}

// takeWaitingCells removes the cells from the requests that wait until GoNB is ready, and returns them.
func (f *front) takeWaitingCells() (cells []request) {
	var others []request
	for _, r := range f.waiting {
		if r.Header.Type == "execute_request" {
			cells = append(cells, r)
		} else {
			others = append(others, r)
		}
	}
	f.waiting = others
	return cells
}

// died ends the running cell with an error because GoNB has ended.
func (f *front) died() {
	if f.stopping != nil {
		return
	}
	if c := f.running; c != nil {
		c.fault = short("KernelDied", "the kernel died: GoNB, which runs the cells, has ended; what cells have declared is lost: restart the kernel and run them again")
		c.stopOnError = true
		f.finishWithoutGoNB(c)
	}
}

// tooLarge handles a message from GoNB that exceeds messageLimit.
func (f *front) tooLarge(frames zmtp.Message) {
	kind, parent := beginning(frames)
	f.log.Printf("a %s message from GoNB exceeds the limit of %d MB", kind, messageLimit>>20)
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

// beginning returns the type and the parent's id of a message that was read only in part.
func beginning(frames zmtp.Message) (kind, parent string) {
	for i, frame := range frames {
		if string(frame) == "<IDS|MSG>" && len(frames) > i+3 {
			return text(json.RawMessage(frames[i+2]), "msg_type"), text(json.RawMessage(frames[i+3]), "msg_id")
		}
	}
	return "", ""
}
