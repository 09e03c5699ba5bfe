package wire

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"hash"
)

// Rest is a message that is too long to be kept. It verifies the signature all the same, so that a client can be
// answered. Buffers may be the part that is too long, but may not follow it: they are not signed, and Rest does not see
// where frames end.
type Rest struct {
	Size int // of the message in bytes

	key    Key
	frames [][]byte // that were kept
	at     int      // of the delimiter, or -1
	mac    hash.Hash
}

// Rest returns the message that begins with the frames that were kept. The others have to be written to it.
func (k Key) Rest(kept [][]byte) *Rest {
	r := &Rest{key: k, frames: kept, at: delimiterIn(kept), mac: hmac.New(sha256.New, k)}
	for i, frame := range kept {
		r.Size += len(frame)
		if r.at >= 0 && i >= r.at+2 && i < r.at+6 {
			r.mac.Write(frame)
		}
	}
	return r
}

func (r *Rest) Write(p []byte) (int, error) {
	r.Size += len(p)
	if len(r.frames) < r.at+6 { // or else it is of the buffers, which are not signed
		r.mac.Write(p)
	}
	return len(p), nil
}

// Message returns the message with its header alone.
func (r *Rest) Message() (Message, error) {
	if r.at < 0 || len(r.frames) < r.at+3 {
		return Message{}, errors.New("malformed: the header is missing or too long")
	}
	if len(r.key) > 0 && !hmac.Equal([]byte(hexOf(r.mac)), r.frames[r.at+1]) {
		return Message{}, errUnsigned
	}
	m := Message{Identities: r.frames[:r.at], RawHeader: r.frames[r.at+2]}
	return m, m.readHeader()
}
