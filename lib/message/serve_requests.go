package message

import (
	"encoding/binary"
	"fmt"
)

// requests is the server's side of a connection for requests, which are
// answered at once.
type requests struct {
	*link
	of   *local
	lent bool // the client has not yet confirmed that it received loan
	loan entry
}

func (s *server) serveRequests(l *link) {
	if l.write(frame{kind: done}) != nil {
		return
	}
	r := &requests{link: l, of: s.of}
	defer r.takeBack()
	l.listen(r.handle)
}

func (r *requests) handle(f frame) error {
	if f.kind != received {
		r.takeBack()
		return r.write(r.answer(f))
	}
	if r.lent {
		r.lent = false
		r.of.from.received()
	}
	return nil
}

// takeBack returns an item that did not arrive to the store.
func (r *requests) takeBack() {
	if r.lent {
		r.lent = false
		r.of.from.returnLoan(r.loan)
	}
}

func (r *requests) answer(f frame) frame {
	switch f.kind {
	case tryPut:
		return r.put(f)
	case tryGet:
		return r.get()
	case length:
		n, err := r.of.from.length()
		if err != nil {
			return failure(err)
		}
		return frame{kind: done, payload: binary.LittleEndian.AppendUint64(nil, uint64(n))}
	case closes, discards:
		if f.kind == discards {
			r.of.from.discard(ErrClosed)
		}
		r.of.end(ErrClosed)
		return frame{kind: done}
	}
	return failure(fmt.Errorf("invalid request of kind %d", f.kind))
}

func (r *requests) put(f frame) frame {
	v, err := r.decode(f.payload)
	if err == nil {
		err = r.of.into.put(noWait, v)
	}
	if err != nil {
		return failure(err)
	}
	return frame{kind: done}
}

// get lends an item to the client. An item that cannot be encoded is dropped,
// because no other process can receive it, and the client gets the error.
func (r *requests) get() frame {
	loan, err := r.of.from.tryLend()
	if err != nil {
		return failure(err)
	}
	payload, err := loan.encode(r.link)
	if err != nil {
		r.of.from.received()
		return failure(fmt.Errorf("an item is dropped: %w", err))
	}
	r.lent, r.loan = true, loan
	return frame{item, payload}
}
