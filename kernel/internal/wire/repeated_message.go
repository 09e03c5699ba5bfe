package wire

import "crypto/sha256"

// remembered is how many messages Replays knows: more than a client sends in hours.
const remembered = 1 << 14

// Replays finds messages that come a second time: whoever reads a connection may send again what he read, without
// knowing the key. The zero value is ready to use, by one goroutine.
type Replays struct {
	seen map[[16]byte]bool
	ring [][16]byte
	next int
}

// Again tells whether a message with this header has come before: no two have the same, and the signature holds it to
// its content.
func (r *Replays) Again(m Message) bool {
	sum := sha256.Sum256(m.RawHeader)
	short := [16]byte(sum[:])
	if r.seen[short] {
		return true
	}
	if r.seen == nil {
		r.seen = map[[16]byte]bool{}
	}
	if len(r.ring) < remembered {
		r.ring = append(r.ring, short)
	} else {
		delete(r.seen, r.ring[r.next])
		r.ring[r.next] = short
		r.next = (r.next + 1) % remembered
	}
	r.seen[short] = true
	return false
}
