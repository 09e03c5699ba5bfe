package setup

import (
	"context"
	"time"

	"github.com/gofrs/flock"
)

// lockFile takes the file lock at path and returns what releases it. When another process holds it, it calls waiting
// once and waits until the lock is free or ctx ends. The operating system frees the lock of a process that dies.
func lockFile(ctx context.Context, path string, waiting func()) (unlock func(), err error) {
	lock := flock.New(path, flock.SetPermissions(0o600))
	locked, err := lock.TryLock()
	if err == nil && !locked {
		waiting()
		_, err = lock.TryLockContext(ctx, 200*time.Millisecond)
	}
	if err != nil {
		return nil, err
	}
	return func() { _ = lock.Unlock() }, nil
}
