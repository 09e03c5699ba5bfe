//go:build unix && !linux

package process

import "os"

// newMemory returns a file that is in no folder.
func newMemory() (*os.File, error) {
	f, err := os.CreateTemp("", "progress-")
	if err == nil {
		err = os.Remove(f.Name())
	}
	return f, err
}
