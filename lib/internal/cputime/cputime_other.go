//go:build !unix

package cputime

import "time"

// Self is unknown.
func Self() time.Duration { return 0 }
