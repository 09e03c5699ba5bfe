package notebook

import "sync/atomic"

// redirected is where output goes instead of to the notebook, nil for there.
var redirected atomic.Pointer[func(id string, b Bundle) error]

// Redirect has all that is sent go to f, with the id that it was sent under,
// until restore is called. Goroutines that send at the same time call f at the
// same time. Put goes past it.
func Redirect(f func(id string, b Bundle) error) (restore func()) {
	before := redirected.Swap(&f)
	return func() { redirected.Store(before) }
}
