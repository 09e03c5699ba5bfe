package front

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"multiprocessing/kernel/internal/cell"
	"multiprocessing/kernel/internal/wire"
)

// accept handles a client's message. Cells are queued, and requests about Go are answered when gopls has answered;
// everything else is answered at once, or when GoNB is ready.
func (f *front) accept(r request) {
	err := f.try(func() error {
		switch kind := r.Header.Type; {
		case r.broken != nil && kind == "execute_request":
			f.enqueue(r, executeRequest{}, r.broken)
		case r.broken != nil:
			return r.broken
		case kind == "input_reply":
			f.input(r)
		case f.setUp != nil && slices.Contains(withoutGoNB, kind):
			f.serve(r, func() (any, error) { return f.answer(r) })
		case f.setUp != nil && f.setUp.stopped && kind == "execute_request":
			f.failWithoutSetUp(r)
		case !f.probe.ready && kind != "shutdown_request" && kind != "interrupt_request":
			f.waiting = append(f.waiting, r)
		case kind == "execute_request":
			f.execute(r)
		case kind == "complete_request" || kind == "inspect_request":
			return f.ask(r)
		default:
			f.serve(r, func() (any, error) { return f.answer(r) })
		}
		return nil
	})
	if err != nil {
		f.serve(r, func() (any, error) { return nil, err })
	}
}

// withoutGoNB are requests that are answered while GoNB is not there yet. Without them JupyterLab sends no cell.
var withoutGoNB = []string{"kernel_info_request", "comm_info_request", "history_request", "is_complete_request"}

// serve answers a request: it sends busy, the reply that handle returns, and idle. All requests use it except cells: see
// next and finish. If handle fails or panics, the reply contains the error: a client waits for a reply, and a bug in the
// kernel should fail one request, not end the kernel.
func (f *front) serve(r request, handle func() (any, error)) {
	f.status("busy", r.Message)
	defer f.idle(r.Message)
	var content json.RawMessage
	err := f.try(func() error {
		answer, err := handle()
		content = wire.JSON(answer)
		return err
	})
	if err != nil {
		f.log.Printf("%s: %v", r.Header.Type, err)
		content = wire.JSON(failureOfRequest(fmt.Errorf("%s: %w", r.Header.Type, err)).content())
	}
	if name, found := strings.CutSuffix(r.Header.Type, "_request"); found { // a message to a comm has no reply
		f.reply(r, name+"_reply", content, nil)
	}
}

// answer executes a client's request, and returns the reply's content.
func (f *front) answer(r request) (content any, err error) {
	switch r.Header.Type {
	case "shutdown_request":
		return f.shutDown(r), nil
	case "interrupt_request":
		f.interrupt()
		return map[string]string{"status": "ok"}, nil
	case "kernel_info_request":
		return f.kernelInfo(), nil
	case "is_complete_request":
		return isComplete(text(r.Content, "code")), nil
	case "history_request":
		return f.history.answer(r.Content)
	case "comm_info_request":
		return map[string]any{"status": "ok", "comms": f.openComms(text(r.Content, "target_name"))}, nil
	case "comm_open", "comm_msg", "comm_close":
		f.comm(r)
		return nil, nil
	}
	return nil, errors.New("this kernel does not support this message type")
}

// panicked is the error of a panic in the kernel.
type panicked string

func (p panicked) Error() string { return string(p) }

// try calls do, and converts its panic to an error.
func (f *front) try(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			f.log.Printf("panic: %v\n%s", p, debug.Stack())
			err = panicked(fmt.Sprintf("a bug in the kernel: %v; its log has the place; run the cell again, or restart the kernel", p))
		}
	}()
	return do()
}

// failureOfRequest returns the failure of a request that could not be served.
func failureOfRequest(err error) *failure {
	if errors.As(err, new(panicked)) {
		return short("KernelError", err.Error())
	}
	return short("BadRequest", err.Error())
}

// shutDown makes the loop end after the reply: a client waits for the reply, and then for the end of this process.
func (f *front) shutDown(r request) (content any) {
	var want struct {
		Restart bool `json:"restart"`
	}
	_ = json.Unmarshal(r.Content, &want) // no restart by default
	reply := map[string]any{"status": "ok", "restart": want.Restart}
	f.publish("shutdown_reply", r.Message, reply)
	f.stop(nil)
	return reply
}

// text returns the string field name of content, or "".
func text(content json.RawMessage, name string) string {
	var fields map[string]json.RawMessage
	var value string
	if json.Unmarshal(content, &fields) == nil {
		_ = json.Unmarshal(fields[name], &value)
	}
	return value
}

// isComplete returns the content of an is_complete_reply: whether a cell can be executed as it is, and if not, the
// indentation of the next line. It uses spaces, because a terminal shows a tab as ^I.
func isComplete(code string) map[string]string {
	status, depth := cell.Read(code).Status()
	answer := map[string]string{"status": status}
	if status == "incomplete" {
		answer["indent"] = strings.Repeat("    ", depth)
	}
	return answer
}
