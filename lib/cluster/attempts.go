package cluster

import (
	"multiprocessing/lib/cluster/internal/jetstream"
	"multiprocessing/lib/cluster/internal/wire"
)

// An attempt at a chunk fails if its worker dies, is cut off from the servers,
// or takes longer than ChunkTimeout. It does not fail if the worker is told to
// stop and returns the chunk to the queue.

// defaultMaxAttempts is the number of attempts without MaxAttempts.
const defaultMaxAttempts = 3

// readChunk reads a delivered chunk. Each earlier delivery was an attempt that
// failed, as were the attempts before the chunk was returned to the queue. (A
// worker that returns a chunk sends it as a new message, because JetStream
// would count a redelivery.)
func readChunk(d *jetstream.Delivery) (*wire.Chunk, error) {
	c, err := wire.ParseChunk(d.Message)
	if err == nil {
		c.Attempts = min(c.Attempts+d.Count-1, wire.MaxAttempts)
	}
	return c, err
}

// isExhausted reports whether a chunk has no attempts left.
func isExhausted(c *wire.Chunk) bool { return c.Attempts >= c.MaxAttempts }
