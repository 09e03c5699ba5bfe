package front

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	gocell "multiprocessing/kernel/internal/cell"
	"multiprocessing/kernel/internal/runner"
	"multiprocessing/kernel/internal/wire"
)

// handle does what a client asks.
func (f *front) handle(r request) {
	switch r.Header.Type {
	case "shutdown_request":
		f.shutDown(r)
		return
	case "interrupt_request":
		f.interrupt()
		f.answer(r, "interrupt_reply", map[string]string{"status": "ok"})
		return
	case "input_reply":
		f.input(r)
		return
	}
	if !f.probe.ready {
		f.waiting = append(f.waiting, r)
		return
	}
	switch r.Header.Type {
	case "execute_request":
		f.execute(r)
	case "kernel_info_request":
		f.answer(r, "kernel_info_reply", f.probe.info)
	case "is_complete_request":
		f.answer(r, "is_complete_reply", isComplete(text(r.Content, "code")))
	case "history_request":
		f.answerHistory(r)
	case "complete_request", "inspect_request":
		f.ask(r)
	case "comm_info_request":
		f.answer(r, "comm_info_reply", map[string]any{"status": "ok", "comms": f.openComms(text(r.Content, "target_name"))})
	case "comm_open", "comm_msg", "comm_close":
		f.comm(r)
	default:
		f.log.Printf("unknown message %q", r.Header.Type)
	}
}

// shutDown replies first: a client waits for the reply, and then until this process has ended.
func (f *front) shutDown(r request) {
	var content struct {
		Restart bool `json:"restart"`
	}
	_ = json.Unmarshal(r.Content, &content) // no word of a restart: none
	reply := map[string]any{"status": "ok", "restart": content.Restart}
	f.publish("shutdown_reply", r.Message, reply)
	f.answer(r, "shutdown_reply", reply)
	f.end(nil)
}

// input gives the cell what its reader typed.
func (f *front) input(r request) {
	c, value := f.running, text(r.Content, "value")
	switch {
	case c == nil:
	case c.asked:
		c.asked = false
		_ = runner.Write(c.program, runner.Line, []byte(value))
	default:
		f.toGoNB(f.backend.stdin, r.Message, map[string]string{"value": value})
	}
}

// text returns the string called name in content, or an empty one.
func text(content json.RawMessage, name string) string {
	var fields map[string]json.RawMessage
	var value string
	if json.Unmarshal(content, &fields) == nil {
		_ = json.Unmarshal(fields[name], &value)
	}
	return value
}

// comm passes on what a page has to say to a cell's program, and remembers which lines are open.
func (f *front) comm(r request) {
	id := text(r.Content, "comm_id")
	switch r.Header.Type {
	case "comm_open":
		if len(f.comms) < 1000 {
			f.comms[id] = text(r.Content, "target_name")
		}
	case "comm_close":
		delete(f.comms, id)
	}
	f.toGoNB(f.backend.shell, r.Message, r.Content)
}

func (f *front) openComms(target string) map[string]any {
	open := map[string]any{}
	for id, name := range f.comms {
		if target == "" || target == name {
			open[id] = map[string]string{"target_name": name}
		}
	}
	return open
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
	if err == nil && len(*content.Code) > cellLimit {
		err = fmt.Errorf("the cell has %s, and at most %d MB are run: have it read its data from a file", megabytes(len(*content.Code)), cellLimit>>20)
	}
	if err != nil {
		f.answer(r, "execute_reply", bad(fmt.Errorf("execute_request: %w", err)))
		return
	}
	f.queue = append(f.queue, newCell(r, content))
	f.next()
}

// probe asks GoNB for its kernel info until it has both replied and published: only then will nothing be lost.
type probe struct {
	info             map[string]any
	published, ready bool
}

const probeID = "front-probe"

// attach connects to GoNB and reads what it sends.
func (f *front) attach() {
	if err := f.backend.connect(); err != nil {
		f.post(func() { f.end(err) })
		return
	}
	go f.read(f.backend.iopub, f.published)
	go f.read(f.backend.shell, f.replied)
	go f.read(f.backend.stdin, f.asked)
	f.post(f.sendProbe)
}

func (f *front) sendProbe() {
	if f.probe.ready {
		return
	}
	f.toGoNB(f.backend.shell, wire.Message{Header: wire.Header{ID: probeID, Session: f.session, Type: "kernel_info_request", Version: wire.Version}}, struct{}{})
	f.after(probeAgain, f.sendProbe)
}

// probed is called when GoNB has answered the probe in one way or the other.
func (f *front) probed() {
	if f.probe.ready || !f.probe.published || f.probe.info == nil {
		return
	}
	f.probe.ready = true
	for _, r := range f.waiting {
		f.handle(r)
	}
	f.waiting = nil
}

// isComplete tells a console whether a cell can be executed as it is, and if not, how the line to come is indented: with
// spaces, as a terminal shows a tab as ^I.
func isComplete(code string) map[string]string {
	status, depth := gocell.Read(code).Status()
	answer := map[string]string{"status": status}
	if status == "incomplete" {
		answer["indent"] = strings.Repeat("    ", depth)
	}
	return answer
}
