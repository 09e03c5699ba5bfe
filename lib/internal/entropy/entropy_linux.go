// Package entropy makes random bytes that nobody can guess.
//
// It is crypto/rand, except on Linux: there the first use of crypto/rand
// starts a timer of a minute, and while a program has a timer, even one that
// was stopped, Go may report no deadlock.
package entropy

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Read fills b, which has at most 256 bytes: so many come at once.
func Read(b []byte) {
	for {
		n, err := unix.Getrandom(b, 0)
		switch {
		case err == nil && n == len(b):
			return
		case err != nil && err != unix.EINTR:
			panic(fmt.Sprintf("entropy: asking the system for random bytes: %v", err))
		}
	}
}
