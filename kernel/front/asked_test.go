package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"multiprocessing/kernel/internal/wire"
)

// asked is what a kernel has said to one request.
type asked struct {
	client *client
	id     string
	sent   wire.Message
	done   chan struct{} // replied, and idle

	mu       sync.Mutex
	messages []wire.Message // published, in order
	reply    *wire.Message
	idle     bool
	changed  chan struct{} // receives when something has come
}

func (r *asked) note(m wire.Message, state string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case strings.HasSuffix(m.Header.Type, "_reply") && len(m.Identities) == 0: // what is published has a topic
		r.reply = &m
	default:
		r.messages = append(r.messages, m)
		r.idle = r.idle || state == "idle"
	}
	select {
	case r.changed <- struct{}{}:
	default:
	}
	if r.reply != nil && r.idle {
		select {
		case <-r.done:
		default:
			close(r.done)
		}
	}
}

// published are the messages that have come so far. GoNB alone may publish more after it has said that it is idle.
func (r *asked) published() []wire.Message {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.messages)
}

// until waits until something that the kernel has published of the request is so.
func (r *asked) until(what string, is func(wire.Message) bool) {
	r.client.t.Helper()
	for deadline := time.After(kernelWait); ; {
		if slices.ContainsFunc(r.published(), is) {
			return
		}
		select {
		case <-r.changed:
		case <-deadline:
			r.client.t.Fatalf("%s did not come\n%s", what, r.client.log)
		}
	}
}

// printed waits until the cell has printed text.
func (r *asked) printed(text string) {
	r.client.t.Helper()
	r.until("the text "+text, func(m wire.Message) bool {
		return m.Header.Type == "stream" && strings.Contains(field(m, "text"), text)
	})
}

// field is a string of a message's content.
func field(m wire.Message, name string) string {
	var fields map[string]any
	_ = json.Unmarshal(m.Content, &fields)
	value, _ := fields[name].(string)
	return value
}

func (r *asked) status() string { return field(*r.reply, "status") }

// said is the error's name and value.
func (r *asked) said() string { return field(*r.reply, "ename") + ": " + field(*r.reply, "evalue") }

func (r *asked) traceback() string {
	var content struct{ Traceback []string }
	_ = json.Unmarshal(r.reply.Content, &content)
	return strings.Join(content.Traceback, "\n")
}

// stream is all that the cell printed to stdout or stderr.
func (r *asked) stream(name string) string {
	var out strings.Builder
	for _, m := range r.published() {
		if m.Header.Type == "stream" && field(m, "name") == name {
			out.WriteString(field(m, "text"))
		}
	}
	return out.String()
}

// count is how often the kernel said that it is in a state.
func (r *asked) count(state string) (n int) {
	for _, m := range r.published() {
		if field(m, "execution_state") == state {
			n++
		}
	}
	return n
}

// cellOf is what the kernel calls a cell that it has run.
func cellOf(r *asked) string {
	var content struct {
		Count int `json:"execution_count"`
	}
	_ = json.Unmarshal(r.reply.Content, &content)
	return fmt.Sprintf("Cell [%d]", content.Count)
}

// kinds are the types of what was published, without statuses and the input.
func (r *asked) kinds() (kinds []string) {
	for _, m := range r.published() {
		if m.Header.Type != "status" && m.Header.Type != "execute_input" {
			kinds = append(kinds, m.Header.Type)
		}
	}
	return kinds
}

// wantOK checks that the cell went well and printed that.
func (r *asked) wantOK(stdout string) {
	r.client.t.Helper()
	if r.status() != "ok" || r.stream("stdout") != stdout {
		r.client.t.Errorf("status %s, %s, printed %q; want ok and %q\n%s", r.status(), r.said(), r.stream("stdout"), stdout, r.traceback())
	}
}
