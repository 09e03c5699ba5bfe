package cluster

import (
	"strings"
	"testing"

	"multiprocessing/lib/internal/registered"
)

// deliverGate puts a chunk into a queue whose task ends when the gate is open.
func deliverGate(t *testing.T, c *Cluster, queue, job string, number int, path string) {
	t.Helper()
	m := chunkFor(c, job, one(number), "gates", encoded(t, path))
	known, _ := registered.Lookup("gates")
	m.Queue, m.Code = queue, codeOf(known)
	put(t, c, m.Message())
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
	if err := c.startProcesses(t.Context(), t.Context(), at); err == nil || !strings.Contains(err.Error(), "worker process 1 ended as soon as it was started") || !strings.Contains(err.Error(), "look at the token") {
		t.Errorf("got %v", err)
	}
}
