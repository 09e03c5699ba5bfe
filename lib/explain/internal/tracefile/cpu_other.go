//go:build !unix

package tracefile

import "time"

// cpuTime is unknown.
func cpuTime() time.Duration { return 0 }
