package sharedmem

import (
	"errors"
	"fmt"
)

// ErrOwnerDied is what Lock returns to the one who gets the lock after a
// process has died holding it. The lock is held nevertheless, and what it
// guards may be changed by half: put it right, then Unlock. It is told once.
// POSIX calls it EOWNERDEAD.
var ErrOwnerDied = errors.New("a process died holding the lock; it is yours, but what it guards may be changed by half")

// during says what was being done when err came up.
func during(operation string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("sharedmem: %s: %w", operation, err)
}

// misuse panics in the package's name.
func misuse(format string, args ...any) {
	panic("sharedmem: " + fmt.Sprintf(format, args...))
}
