package main

import (
	"net"
	"path/filepath"
	"strings"
	"testing"

	"multiprocessing/kernel/internal/wire"
	"multiprocessing/kernel/internal/zmtp"
)

func refusesNonsense(t *testing.T, c *client) {
	for _, content := range []any{map[string]int{"code": 3}, struct{}{}, map[string]any{"code": "!echo", "silent": "perhaps"}} {
		if r := c.wait(c.request(c.shell, "execute_request", content)); r.status() != "error" {
			t.Errorf("execute_request with %v: %s", content, r.status())
		}
	}
	for _, test := range []struct {
		kind    string
		content any
	}{
		{"complete_request", struct{}{}}, {"complete_request", map[string]any{"code": 3}}, {"complete_request", map[string]any{"code": "x", "cursor_pos": 1_000_000}},
		{"inspect_request", map[string]any{"code": "", "cursor_pos": -1}}, {"is_complete_request", struct{}{}},
		{"history_request", map[string]any{"hist_access_type": 3}}, {"history_request", map[string]any{"hist_access_type": "search", "pattern": "["}},
		{"comm_info_request", map[string]any{"target_name": 3}},
	} {
		c.wait(c.request(c.shell, test.kind, test.content))
	}
	c.execute("!echo here").wantOK("here\n")
	c.wait(c.request(c.shell, "execute_request", map[string]string{"code": "!echo defaults"})).wantOK("defaults\n")
}

func refusesForgeries(t *testing.T, c *client) {
	file, refused := filepath.Join(t.TempDir(), "done"), c.refused()
	forged := wire.New("execute_request", c.session, wire.Message{}, map[string]string{"code": "!echo forged >>" + file})
	for name, frames := range map[string][][]byte{
		"not signed":       wire.Key(nil).Frames(forged),
		"with another key": wire.Key("another").Frames(forged),
		"in part":          c.key.Frames(forged)[:4],
		"no message":       {[]byte("x")},
		"empty":            {{}},
	} {
		if err := c.shell.Write(frames); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	replayed := c.send("!echo once >>" + file)
	c.wait(replayed)
	if err := c.shell.Write(c.key.Frames(replayed.sent)); err != nil {
		t.Fatal(err)
	}
	c.execute("!cat " + file).wantOK("once\n")
	c.eventually("six messages are refused", func() bool { return c.refused()-refused == 6 })
}

// refused is how many messages the front has refused so far.
func (c *client) refused() int { return strings.Count(c.log.String(), "refused message") }

// greedyGreeting is of a peer that greets as it should, and then claims a frame of 2^62 bytes.
var greedyGreeting = append(append(append([]byte{0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, 0}, "NULL"...), make([]byte, 48)...),
	"\x04\x19\x05READY\x0bSocket-Type\x00\x00\x00\x03REQ\x02\x40\x00\x00\x00\x00\x00\x00\x00"...)

func standsBadPeers(t *testing.T, c *client) {
	path := filepath.Join(c.folder, "c")
	var peers []net.Conn
	defer func() {
		for _, peer := range peers {
			peer.Close()
		}
	}()
	for _, port := range []string{"-1", "-2", "-3", "-4", "-5"} {
		for range 3 { // that say nothing
			peer, err := net.Dial("unix", path+port)
			if err != nil {
				t.Fatal(err)
			}
			peers = append(peers, peer)
		}
		greedy, err := net.Dial("unix", path+port)
		if err != nil {
			t.Fatal(err)
		}
		peers = append(peers, greedy)
		if _, err := greedy.Write(greedyGreeting); err != nil {
			t.Fatal(err)
		}
	}
	mute, err := zmtp.Dial("unix", path+"-4", "SUB", "", 1<<20) // subscribes and does not read
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	if err := mute.Write(zmtp.Message{{1}}); err != nil {
		t.Fatal(err)
	}
	other := c.another("other")
	other.connect() // after them all
	other.execute("!echo here").wantOK("here\n")
	other.execute("!head -c 30000000 /dev/zero | tr '\\0' a")
	other.execute("!echo still").wantOK("still\n")
}
