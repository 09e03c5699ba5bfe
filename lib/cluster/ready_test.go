package cluster

import (
	"strings"
	"testing"

	"multiprocessing/lib/internal/portable"
	"multiprocessing/lib/internal/registered"
)

// deliverGate puts a chunk into a queue whose task ends when the gate is open.
func deliverGate(t *testing.T, c *Cluster, queue, job string, number int, path string) {
	t.Helper()
	codec, _ := portable.CodecOf[string]()
	payload, err := codec.Encode(portable.Of([]string{path}))
	if err != nil {
		t.Fatal(err)
	}
	known, _ := registered.Lookup("gates")
	m := &chunk{queue: queue, job: job, number: number, task: "gates", code: codeOf(known), items: 1, tries: 3, payload: payload}
	if _, err := c.js.PublishMsg(t.Context(), m.message()); err != nil {
		t.Fatal(err)
	}
}

func TestOpenDoesNotWaitForTheWorkThatItsProcessesFind(t *testing.T) {
	nodes := mustStartNodes(t, 1)
	c := mustOpen(t, nodes.config())
	path := gate(t)
	for number := range 5 {
		deliverGate(t, c, "program-"+programVersion(), "left", number, path)
	}
	config := nodes.config()
	config.Processes = 2
	mustOpen(t, config) // both processes are busy until the gate opens
	awaitFile(path + ".begun")
	appendTo(path, "open")
	for number := range 5 {
		stored(t, c, "left", number)
	}
}

func TestAProcessThatCannotWorkIsAnErrorOfOpen(t *testing.T) {
	nodes := mustStartNodes(t, 1)
	c := mustOpen(t, nodes.config())
	at := c.config.address()
	at.Token = "wrong"
	c.config.Processes, c.config.Workers = 1, 1
	if err := c.startProcesses(t.Context(), at); err == nil || !strings.Contains(err.Error(), "worker process 1 ended as soon as it was started") || !strings.Contains(err.Error(), "look at the token") {
		t.Errorf("got %v", err)
	}
}
