package timing

import (
	"runtime"
	"runtime/metrics"
	"time"
)

// usage is what this program has used so far, or in a round.
type usage struct {
	cpu    time.Duration // with that of children that have ended
	gc     time.Duration // of cpu, for garbage collections that have ended
	allocs float64       // heap objects
}

// usageBefore and usageAfter ask for the CPU time last and first: asking for
// the rest takes some, too.
func usageBefore() usage {
	u := usage{gc: collecting(), allocs: allocations()}
	u.cpu = cpuTime()
	return u
}

func usageAfter() usage {
	u := usage{cpu: cpuTime()}
	u.gc, u.allocs = collecting(), allocations()
	return u
}

func (u usage) since(before usage) usage {
	return usage{u.cpu - before.cpu, u.gc - before.gc, u.allocs - before.allocs}
}

// allocations is how many heap objects the program has allocated so far.
func allocations() float64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.Mallocs)
}

// collecting is the CPU time of all garbage collections that have ended, by
// the runtime's estimate.
func collecting() time.Duration {
	sample := []metrics.Sample{{Name: "/cpu/classes/gc/total:cpu-seconds"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindFloat64 {
		return 0 // of a later Go, which has it no more
	}
	return time.Duration(sample[0].Value.Float64() * float64(time.Second))
}
