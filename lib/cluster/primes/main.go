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
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"multiprocessing/lib/cluster"
	"multiprocessing/lib/cluster/tasks"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(execute(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// mostPrimes is a limit against typing errors.
const mostPrimes = 10_000_000

// execute runs the command line args and returns the exit status.
func execute(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	config := cluster.Config{Log: slog.New(slog.NewTextHandler(stderr, nil))}
	flags := flag.NewFlagSet("primes", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&config.URL, "url", "", "where the servers are: nats://host:port or tls://host:port, all servers of a cluster with commas between")
	flags.StringVar(&config.Token, "token", "", "the servers' token; or set NATS_TOKEN")
	flags.StringVar(&config.Credentials, "creds", "", "file with credentials for the servers")
	flags.StringVar(&config.CA, "ca", "", "file with the certificates to trust for tls://")
	job := flags.String("job", "", "name of the job, so that another run can take it up")
	first := flags.Int("first", 20000, "the first prime to find, counted from the first one")
	count := flags.Int("count", 1000, "how many to find")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if config.Token == "" && config.Credentials == "" {
		config.Token = os.Getenv("NATS_TOKEN")
	}
	err := errors.New("--url is needed, and --first and --count from 1 to 10,000,000; see --help")
	if config.URL != "" && flags.NArg() == 0 && *first > 0 && *first <= mostPrimes && *count > 0 && *count <= mostPrimes {
		err = find(ctx, config, *job, *first, *count, stdout)
	}
	if err != nil {
		fmt.Fprintf(stderr, "primes: %v\n", err)
		return 1
	}
	return 0
}

func find(ctx context.Context, config cluster.Config, job string, first, count int, out io.Writer) error {
	c, err := cluster.Open(config)
	if err != nil {
		return err
	}
	defer c.Close()
	var options []cluster.Option
	if job != "" {
		options = append(options, cluster.Job(job))
	}
	items := make([]int, count)
	for i := range items {
		items[i] = first + i
	}
	found, err := cluster.Map(ctx, c, items, tasks.Nth, options...)
	if err != nil {
		return err
	}
	digest := sha256.Sum256(fmt.Append(nil, found))
	fmt.Fprintf(out, "%d primes from %d to %d, digest %x\n", count, found[0], found[count-1], digest[:8])
	return nil
}
