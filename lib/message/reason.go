package message

import (
	"context"
	"errors"
)

// reasons are the errors that errors.Is finds in other processes, too. A frame
// contains the index.
var reasons = []error{ErrClosed, ErrLost, ErrFull, ErrEmpty, context.Canceled, context.DeadlineExceeded}

// failure converts an error to a frame.
func failure(err error) frame {
	for i, reason := range reasons {
		if errors.Is(err, reason) {
			return frame{kind: failed, payload: []byte{byte(i)}}
		}
	}
	return frame{kind: failed, payload: append([]byte{byte(len(reasons))}, err.Error()...)}
}

// reason converts a frame to an error.
func (f frame) reason() error {
	if len(f.payload) == 0 {
		return errors.New("invalid answer without a reason")
	}
	if n := int(f.payload[0]); n < len(reasons) {
		return reasons[n]
	}
	return errors.New(string(f.payload[1:]))
}
