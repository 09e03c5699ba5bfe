// Command primes is a client of a cluster: programs of command worker that are
// connected to the same servers find primes for it.
//
//	go run ./lib/cluster/primes --url nats://127.0.0.1:4222 --token TOKEN --count 1000
//
// It prints how many there are, the last one and a digest. A run with the
// --job of one that was killed computes only what is missing. SIGTERM and
// Ctrl-C stop it.
package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"

	"multiprocessing/lib/cluster"
	"multiprocessing/lib/cluster/internal/command"
	"multiprocessing/lib/cluster/tasks"
)

func main() { command.Main("primes", primes) }

// mostPrimes is a limit against typing errors.
const mostPrimes = 10_000_000

func primes(flags *flag.FlagSet, config *cluster.Config) func(context.Context, io.Writer) error {
	job := flags.String("job", "", "name of the job, so that another run can take it up")
	first := flags.Int("first", 20000, "the first prime to find, counted from the first one")
	count := flags.Int("count", 1000, "how many to find")
	return func(ctx context.Context, out io.Writer) error {
		if *first < 1 || *first > mostPrimes || *count < 1 || *count > mostPrimes {
			return errors.New("--first and --count must be from 1 to 10,000,000")
		}
		c, err := cluster.Open(ctx, *config)
		if err != nil {
			return err
		}
		defer c.Close()
		var options []cluster.Option
		if *job != "" {
			options = append(options, cluster.Job(*job))
		}
		items := make([]int, *count)
		for i := range items {
			items[i] = *first + i
		}
		found, err := cluster.Map(ctx, c, items, tasks.Nth, options...)
		if err != nil {
			return err
		}
		digest := sha256.Sum256(fmt.Append(nil, found))
		fmt.Fprintf(out, "%d primes from %d to %d, digest %x\n", *count, found[0], found[*count-1], digest[:8])
		return nil
	}
}
