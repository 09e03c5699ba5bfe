package front

import (
	"encoding/json"
	"errors"
	"io"
	"log"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"multiprocessing/kernel/internal/wire"
	"multiprocessing/kernel/internal/zmtp"
)

// served starts a front without GoNB, whose loop runs until the test ends, and returns what its client gets.
func served(t *testing.T) (f *front, r request, replies, published chan wire.Message) {
	t.Helper()
	f = testFront(t)
	f.log, f.comms = log.New(io.Discard, "", 0), map[string]string{}
	f.probe = probe{ready: true}
	folder := t.TempDir()
	listen := func(kind, name string) *zmtp.Server {
		server, err := zmtp.Listen(kind, "unix", filepath.Join(folder, name), 1<<20, 1<<20, func([]byte, zmtp.Message, error) {}, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { server.Close(t.Context()) })
		return server
	}
	f.sockets = &sockets{shell: listen("ROUTER", "shell"), iopub: listen("PUB", "iopub")}
	dial := func(kind, name string) chan wire.Message {
		conn, err := zmtp.Dial("unix", filepath.Join(folder, name), kind, "client", 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		if kind == "SUB" {
			if err := conn.Write(zmtp.Message{{1}}); err != nil {
				t.Fatal(err)
			}
		}
		got := make(chan wire.Message, 100)
		go func() {
			for {
				frames, err := conn.Read()
				if err != nil {
					return
				}
				if m, err := f.key.Parse(frames); err == nil {
					got <- m
				}
			}
		}()
		return got
	}
	replies, published = dial("DEALER", "shell"), dial("SUB", "iopub")
	for f.sockets.iopub.Publish(zmtp.Message{[]byte("x")}, true); len(published) == 0; time.Sleep(time.Millisecond) {
		f.status("starting", wire.Message{}) // until the client has subscribed
	}
	go f.loop()
	t.Cleanup(func() { f.post(func() { f.stop(nil) }); <-f.done })
	return f, request{from: shell, identity: []byte("client")}, replies, published
}

// within returns a value that comes at once.
func within[T any](t *testing.T, c chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(time.Minute):
		t.Fatal("nothing comes")
		panic("unreachable")
	}
}

// statesUntilIdle returns the states that the kernel publishes for a request, and the types of what else it does.
func statesUntilIdle(t *testing.T, r request, published chan wire.Message) string {
	t.Helper()
	var all []string
	for {
		m := within(t, published)
		switch state := text(m.Content, "execution_state"); {
		case m.ParentHeader().ID != r.Header.ID:
		case state == "idle":
			return strings.Join(append(all, state), " ")
		case state != "":
			all = append(all, state)
		default:
			all = append(all, m.Header.Type)
		}
	}
}

func TestAPanicFailsARequestAndNotTheKernel(t *testing.T) {
	f, r, replies, published := served(t)
	wantError := func(kind, value, states string) {
		t.Helper()
		var content failure
		reply := within(t, replies)
		if err := json.Unmarshal(reply.Content, &content); err != nil || reply.Header.Type != kind || !strings.Contains(content.Value, value) {
			t.Errorf("%s, %q; want %s, %q", reply.Header.Type, content.Value, kind, value)
		}
		if got := statesUntilIdle(t, r, published); got != states {
			t.Errorf("published %s, want %s", got, states)
		}
	}
	ask := func(kind, content string) {
		r.Message = wire.New(kind, "session", wire.Message{}, json.RawMessage(content))
		f.receive(r)
	}

	serve := func(handle func() (any, error)) {
		r.Message = wire.New("odd_request", "session", wire.Message{}, struct{}{})
		own := r
		f.post(func() { f.serve(own, handle) })
	}
	serve(func() (any, error) { panic("boom") })
	wantError("odd_reply", "a bug in the kernel: boom", "busy idle")

	serve(func() (any, error) { return func() {}, nil })
	wantError("odd_reply", "unsupported type: func()", "busy idle")

	serve(func() (any, error) { return nil, errors.New("no") })
	wantError("odd_reply", "odd_request: no", "busy idle")

	f.post(func() { f.gopls = nil }) // what answers questions about Go
	ask("inspect_request", `{"code": "%%", "cursor_pos": 1}`)
	wantError("inspect_reply", "nil pointer", "busy idle")

	ask("execute_request", `{"code": "!ls"}`) // there is no connection to GoNB
	wantError("execute_reply", "nil pointer", "busy execute_input error idle")
	ask("history_request", `{"hist_access_type": "tail", "n": 1}`)
	if m := within(t, replies); !strings.Contains(string(m.Content), "!ls") {
		t.Errorf("then: %s", m.Content)
	}
}

func TestAPanicInBetweenFailsTheCellThatRuns(t *testing.T) {
	f, r, replies, published := served(t)
	r.Message = wire.New("execute_request", "session", wire.Message{}, struct{}{})
	c := newExecution(r, executeRequest{})
	f.post(func() { f.running = c })
	f.post(func() { panic("boom") })
	f.post(func() { f.backend = nil; f.finishWithoutGoNB(c) }) // and another one in the end
	if m := within(t, replies); !strings.Contains(string(m.Content), "KernelError") {
		t.Errorf("reply %s", m.Content)
	}
	if got := statesUntilIdle(t, r, published); got != "error idle" {
		t.Errorf("published %s", got)
	}
	r.Message = wire.New("is_complete_request", "session", wire.Message{}, map[string]string{"code": "%%"})
	f.receive(r)
	if m := within(t, replies); text(m.Content, "status") != "incomplete" {
		t.Errorf("then: %s", m.Content)
	}
}
