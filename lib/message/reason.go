package message

import (
	"context"
	"errors"
)

// reasons are the errors that keep their identity from process to process.
var reasons = []error{ErrClosed, ErrLost, ErrFull, ErrEmpty, context.Canceled, context.DeadlineExceeded}

// failure makes a frame of an error.
func failure(err error) frame {
	for i, reason := range reasons {
		if errors.Is(err, reason) {
			return frame{kind: failed, payload: []byte{byte(i)}}
		}
	}
	return frame{kind: failed, payload: append([]byte{byte(len(reasons))}, err.Error()...)}
}

// reason makes an error of a frame.
func (f frame) reason() error {
	if len(f.payload) == 0 {
		return errors.New("an answer without a reason")
	}
	if n := int(f.payload[0]); n < len(reasons) {
		return reasons[n]
	}
	return errors.New(string(f.payload[1:]))
}
