package front

import (
	"encoding/json"
	"io"
	"log"
	"path/filepath"
	"testing"

	"multiprocessing/kernel/internal/wire"
	"multiprocessing/kernel/internal/zmtp"
)

// The front has no GoNB here, as in the moment after its start.
func TestAnInterruptDropsTheCellsThatWaitForGoNB(t *testing.T) {
	f := &front{key: wire.Key("k"), session: "s", log: log.New(io.Discard, "", 0), events: make(chan func(), 16), done: make(chan struct{})}
	path := filepath.Join(t.TempDir(), "c")
	connection := connection{Transport: "ipc", IP: path, Key: "k", Shell: 1, Control: 2, Stdin: 3, IOPub: 4, Heartbeat: 5}
	var err error
	if f.sockets, err = connection.listen(f.refuse, f.receive); err != nil {
		t.Fatal(err)
	}
	defer f.sockets.close()
	go f.loop()
	client, err := zmtp.Dial("unix", path+"-1", "DEALER", "client", 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for _, kind := range []string{"execute_request", "kernel_info_request", "interrupt_request"} {
		if err := client.Write(f.key.Frames(wire.New(kind, "client", wire.Message{}, map[string]string{"code": "!echo"}))); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"aborted", "ok"} { // of the cell and of the interrupt
		frames, err := client.Read()
		if err != nil {
			t.Fatal(err)
		}
		m, err := f.key.Parse(frames)
		if err != nil || text(m.Content, "status") != want {
			t.Errorf("%v: %s %s, want status %s", err, m.Header.Type, m.Content, want)
		}
	}
	waiting := make(chan []byte)
	f.post(func() {
		var kinds []string
		for _, r := range f.waiting {
			kinds = append(kinds, r.Header.Type)
		}
		content, _ := json.Marshal(kinds)
		waiting <- content
		f.stop(nil)
	})
	if got := string(<-waiting); got != `["kernel_info_request"]` {
		t.Errorf("%s wait", got)
	}
}
