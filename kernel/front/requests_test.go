//go:build unix

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"multiprocessing/kernel/internal/wire"
	"multiprocessing/kernel/internal/zmtp"
)

// wantServed waits until the kernel is idle again after a request, and checks that it said busy once before. GoNB may
// answer a page's comm later.
func wantServed(r *asked) {
	r.client.t.Helper()
	r.until("idle", func(m wire.Message) bool { return field(m, "execution_state") == "idle" })
	if field(r.published()[0], "execution_state") != "busy" || r.count("busy") != 1 || r.count("idle") != 1 {
		r.client.t.Errorf("%s: published %q, %d times busy and %d idle", r.sent.Header.Type, r.kinds(), r.count("busy"), r.count("idle"))
	}
}

func servesEveryRequest(t *testing.T, c *client) {
	for kind, want := range map[string]string{
		"kernel_info_request": "ok", "comm_info_request": "ok", "history_request": "ok", "is_complete_request": "incomplete",
		"complete_request": "ok", "inspect_request": "ok", "execute_request": "ok", "interrupt_request": "ok",
		"no_such_request": "error", "debug_request": "error", "connect_request": "error",
	} {
		for _, conn := range []*zmtp.Conn{c.shell, c.control} {
			r := c.wait(c.request(conn, kind, map[string]any{"code": "%%", "cursor_pos": 2, "hist_access_type": "tail", "n": 1}))
			if r.status() != want || r.reply.Header.Type != strings.Replace(kind, "request", "reply", 1) {
				t.Errorf("%s: status %q in a %s, want %q", kind, r.status(), r.reply.Header.Type, want)
			}
			wantServed(r)
		}
	}
	for _, kind := range []string{"comm_msg", "comm_close", "execute_reply", "nonsense"} { // that no reply answers
		r := c.request(c.shell, kind, map[string]string{"comm_id": "none"})
		wantServed(r)
		if r.reply != nil || len(r.kinds()) != 0 {
			t.Errorf("%s: a reply, or published %q", kind, r.kinds())
		}
	}
}

func closesACommToNowhere(t *testing.T, c *client) {
	for _, content := range []any{
		map[string]any{"comm_id": "of a widget", "target_name": "jupyter.widget", "data": struct{}{}},
		map[string]any{"comm_id": "of a widget"},
	} {
		r := c.request(c.shell, "comm_open", content)
		wantServed(r)
		if i := slices.IndexFunc(r.published(), func(m wire.Message) bool { return m.Header.Type == "comm_close" }); i < 0 || field(r.published()[i], "comm_id") != "of a widget" {
			t.Errorf("published %q, want the comm closed", r.kinds())
		}
	}
	r := c.wait(c.request(c.shell, "comm_info_request", struct{}{}))
	if comms := string(r.reply.Content); !strings.Contains(comms, `"comms":{}`) {
		t.Errorf("open are %s, want none", comms)
	}
	r = c.request(c.shell, "comm_open", map[string]any{"comm_id": "1", "target_name": "gonb_comm", "kernel_id": "0123abcd", "data": struct{}{}})
	wantServed(r)
	if slices.Contains(r.kinds(), "comm_close") {
		t.Errorf("published %q; a comm to a cell's program was closed", r.kinds())
	}
	wantServed(c.request(c.shell, "comm_close", map[string]any{"comm_id": "1", "data": struct{}{}}))
}

func answersBrokenRequests(t *testing.T, c *client) {
	for _, kind := range []string{"execute_request", "comm_info_request", "kernel_info_request"} {
		for _, content := range []string{"[]", "3", "{", ""} {
			m := wire.New(kind, c.session, wire.Message{}, struct{}{})
			m.Content = json.RawMessage(content)
			r := c.wait(c.sendMessage(c.shell, m))
			if said := field(*r.reply, "evalue"); r.status() != "error" || said != kind+": malformed: content is not a JSON object" {
				t.Errorf("%s with %q: %s, %s", kind, content, r.status(), said)
			}
			wantServed(r)
		}
	}
}

// A request that is too long gets an answer, whatever it is; a cell in its turn, as others rely on it.
func refusesLongRequests(t *testing.T, c *client) {
	refused := c.refused()
	for _, size := range []int{9 << 20, 40 << 20} {
		long, file := strings.Repeat("x", size), filepath.Join(t.TempDir(), "go")
		first := c.send("!until [ -e " + file + " ]; do sleep 0.02; done; echo 1")
		cell, behind := c.send("// "+long), c.send("!echo 3")
		c.wait(c.request(c.shell, "kernel_info_request", struct{}{})) // the cells have come
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		c.wait(first).wantOK("1\n")
		if c.wait(cell); cell.status() != "error" || !strings.HasSuffix(cell.said(), "the limit is 8 MB: read the data from a file instead") || !slices.Equal(cell.kinds(), []string{"error"}) {
			t.Errorf("a cell of %d MB: %s, published %q", size>>20, cell.said(), cell.kinds())
		}
		wantServed(cell)
		if c.wait(behind); behind.status() != "aborted" {
			t.Errorf("the cell behind it: %s", behind.status())
		}
		r := c.wait(c.request(c.shell, "complete_request", map[string]any{"code": long, "cursor_pos": 1}))
		if r.status() != "error" || r.reply.Header.Type != "complete_reply" {
			t.Errorf("a question of %d MB: %s in a %s", size>>20, r.status(), r.reply.Header.Type)
		}
		wantServed(r)
		message := wire.New("comm_msg", c.session, wire.Message{}, struct{}{})
		message.Buffers = [][]byte{[]byte(long)}
		wantServed(c.sendMessage(c.shell, message))
		forged := wire.New("execute_request", c.session, wire.Message{}, map[string]string{"code": "!echo " + long})
		if err := c.shell.Write(wire.Key("another").Frames(forged)); err != nil {
			t.Fatal(err)
		}
	}
	c.execute("!echo usable").wantOK("usable\n")
	c.eventually("the two forged ones are refused", func() bool { return c.refused()-refused == 2 })
}
