// Package tasks registers the functions of lib that workers elsewhere run:
// command worker has these. A program that maps one of them on a cluster
// imports this package, so that both sides know it by the same name.
//
//	primes, err := cluster.Map(ctx, c, []int{20000, 20001}, tasks.Nth)
package tasks

import (
	"multiprocessing/lib/primes"
	"multiprocessing/lib/process"
	"multiprocessing/lib/workload/montecarlo"
)

// The tasks. The documentation of their functions says what they compute.
var (
	IsPrime        = process.Register("primes.IsPrime", primes.IsPrime)
	Nth            = process.Register("primes.Nth", primes.Nth)
	NthCountingOne = process.Register("primes.NthCountingOne", primes.NthCountingOne)
	Hits           = process.Register("montecarlo.Block.Hits", montecarlo.Block.Hits)
)
