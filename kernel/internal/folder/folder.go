// Package folder checks and removes folders that other programs may use, too.
package folder

import (
	"errors"
	"os"
	"time"
)

// Writable returns nil if files can be made in folder, which it makes if it is missing.
func Writable(folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	probe, err := os.CreateTemp(folder, ".probe-*")
	if err != nil {
		return err
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// RemoveAll removes folder. It retries for a second, because a process that is ending may still write to folder.
func RemoveAll(folder string) {
	for range 50 {
		if os.RemoveAll(folder) == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}
