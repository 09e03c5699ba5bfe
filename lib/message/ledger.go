package message

import (
	"slices"

	"multiprocessing/lib/sharedmem"
)

// ledger is memory that a client and the server share, one for each connection
// for puts or gets. It records what the client may do without a request. The
// server can withdraw that at any time, whatever the client does.
//
// On a connection for puts, the client has credits: the number of items that it
// may send. On a connection for gets, it may claim items that were sent ahead.
type ledger struct{ *sharedmem.Array[int64] }

const (
	credit = 0 // number of credits; below 0 when the place is closed: see shut
	sent   = 8 // number of items sent; in its own cache line
	claims = 0 // offered<<32 | claimed<<1 | news

	ledgerLength = 16
)

func newLedger() (ledger, error) {
	a, err := sharedmem.NewArray[int64](ledgerLength)
	return ledger{a}, err
}

func openLedger(b []byte) (ledger, error) {
	a := new(sharedmem.Array[int64])
	err := a.GobDecode(b)
	return ledger{a}, err
}

// change replaces a word by the result of f, unless f returns false, and
// returns the old value.
func (l ledger) change(word int, f func(old int64) (int64, bool)) (old int64) {
	for {
		old = l.Load(word)
		if v, ok := f(old); !ok || l.CompareAndSwap(word, old, v) {
			return old
		}
	}
}

// spend takes one of the client's credits. If there is none, ok is false, and
// refused is the reason, or nil if the client must wait for credits.
func (l ledger) spend() (ok bool, refused error) {
	old := l.change(credit, func(n int64) (int64, bool) { return n - 1, n > 0 })
	if old < 0 {
		return false, reasons[-1-old]
	}
	return old > 0, nil
}

// recall withdraws the credits that the client has not spent, and returns their
// number.
func (l ledger) recall() int {
	return max(0, int(l.change(credit, func(n int64) (int64, bool) { return 0, n > 0 })))
}

// shut is recall after which no credits can be added. The client's spend then
// returns why.
func (l ledger) shut(why error) int {
	closed := -1 - int64(slices.Index(reasons, why))
	return max(0, int(l.change(credit, func(n int64) (int64, bool) { return closed, n >= 0 })))
}

func offeredIn(w int64) int { return int(w >> 32) }
func claimedIn(w int64) int { return int(w & (1<<32 - 1) >> 1) }

// offer permits the client to claim n items of the batch sent next. With news
// the client must notify the server of its next claim.
func (l ledger) offer(n int, news bool) {
	w := int64(n) << 32
	if news {
		w++
	}
	l.Store(claims, w)
}

// claim takes the next offered item, which the server can then no longer
// withdraw. If the item was withdrawn, ok is false. If news is true, the client
// must notify the server.
func (l ledger) claim() (ok, news bool) {
	old := l.change(claims, func(w int64) (int64, bool) { return w&^1 + 2, claimedIn(w) < offeredIn(w) })
	return claimedIn(old) < offeredIn(old), old&1 == 1
}

// claimed returns the number of claimed items. With news the client must notify
// the server of its next claim.
func (l ledger) claimed(news bool) int {
	if !news {
		return claimedIn(l.Load(claims))
	}
	return claimedIn(l.change(claims, func(w int64) (int64, bool) { return w | 1, w&1 == 0 }))
}

// withdraw withdraws the offer of all items except claimed ones and the first
// keep. It returns the number of items that stay.
func (l ledger) withdraw(keep int) (stay int) {
	stays := func(w int64) int { return max(claimedIn(w), min(keep, offeredIn(w))) }
	return stays(l.change(claims, func(w int64) (int64, bool) {
		return int64(stays(w))<<32 | w&(1<<32-1), stays(w) != offeredIn(w)
	}))
}
