//go:build unix && !linux

package process

import "os"

// newMemory returns a temporary file that is already removed from its folder.
func newMemory() (*os.File, error) {
	f, err := os.CreateTemp("", "progress-")
	if err == nil {
		err = os.Remove(f.Name())
	}
	return f, err
}
