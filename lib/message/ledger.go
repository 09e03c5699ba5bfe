package message

import (
	"slices"

	"multiprocessing/lib/sharedmem"
)

// ledger is memory that a client and the server share, one for a connection
// on which items travel. It says what each may do without asking the other,
// and the server can take that back at any time, whatever the client does.
//
// The client of a connection for puts has credit: how many items it may send
// at once. The client of one for gets may claim items that were sent ahead.
type ledger struct{ *sharedmem.Array[int64] }

const (
	credit = 0 // below 0 when the place is closed: see shut
	sent   = 8 // how many items have been sent; in a cache line of its own
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

// spend takes one of the client's credits. If there is none, refused says
// why, or is nil if the client must wait.
func (l ledger) spend() (ok bool, refused error) {
	old := l.change(credit, func(n int64) (int64, bool) { return n - 1, n > 0 })
	if old < 0 {
		return false, reasons[-1-old]
	}
	return old > 0, nil
}

// recall takes back the credits that the client has not spent.
func (l ledger) recall() int {
	return max(0, int(l.change(credit, func(n int64) (int64, bool) { return 0, n > 0 })))
}

// shut is recall for good. The client will be told why.
func (l ledger) shut(why error) int {
	closed := -1 - int64(slices.Index(reasons, why))
	return max(0, int(l.change(credit, func(n int64) (int64, bool) { return closed, n >= 0 })))
}

func offeredIn(w int64) int { return int(w >> 32) }
func claimedIn(w int64) int { return int(w & (1<<32 - 1) >> 1) }

// offer says how many of the items sent next the client may claim.
func (l ledger) offer(n int, news bool) {
	w := int64(n) << 32
	if news {
		w++
	}
	l.Store(claims, w)
}

// claim takes the next item that was offered, for good. If it is no longer
// on offer, ok is false. The server waits for the news of it if it says so.
func (l ledger) claim() (ok, news bool) {
	old := l.change(claims, func(w int64) (int64, bool) { return w&^1 + 2, claimedIn(w) < offeredIn(w) })
	return claimedIn(old) < offeredIn(old), old&1 == 1
}

// claimed returns how many items have been claimed; with news the client
// shall send word of the next.
func (l ledger) claimed(news bool) int {
	if !news {
		return claimedIn(l.Load(claims))
	}
	return claimedIn(l.change(claims, func(w int64) (int64, bool) { return w | 1, w&1 == 0 }))
}

// withdraw takes the offer back but for what has been claimed and the first
// keep items. It returns how many stay.
func (l ledger) withdraw(keep int) (stay int) {
	stays := func(w int64) int { return max(claimedIn(w), min(keep, offeredIn(w))) }
	return stays(l.change(claims, func(w int64) (int64, bool) {
		return int64(stays(w))<<32 | w&(1<<32-1), stays(w) != offeredIn(w)
	}))
}
