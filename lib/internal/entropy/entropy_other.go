//go:build !linux

package entropy

import "crypto/rand"

// Read fills b, which has at most 256 bytes.
func Read(b []byte) { _, _ = rand.Read(b) }
