package sharedmem

import (
	"errors"
	"fmt"
)

// ErrOwnerDied reports that the previous owner of the lock died while holding
// it. The Lock that returns it has acquired the lock; later calls of Lock do
// not return it again. The data may be partially updated: repair it, then
// Unlock. POSIX calls this error EOWNERDEAD.
var ErrOwnerDied = errors.New("the previous owner died while holding the lock; the lock is acquired, but the data may be partially updated")

// during wraps err with the operation that failed.
func during(operation string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("sharedmem: %s: %w", operation, err)
}

// misuse panics with a text that begins with the package's name.
func misuse(format string, args ...any) {
	panic("sharedmem: " + fmt.Sprintf(format, args...))
}
