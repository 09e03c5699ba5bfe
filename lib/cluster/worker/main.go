// Command worker runs the course's tasks, those of package tasks, for
// programs that call cluster.Map, on NATS servers that both can reach:
//
//	go run ./lib/cluster/worker --url nats://127.0.0.1:4222 --token TOKEN
//
// Start as many as you like, on as many machines as you like, from the same
// checkout. SIGTERM and Ctrl-C stop it when it has finished its chunks, or has
// returned them to the queue: then its exit status is 0. A second one ends it
// at once.
package main

import (
	"context"
	"flag"
	"io"
	"time"

	"multiprocessing/lib/cluster"
	"multiprocessing/lib/cluster/internal/command"
	_ "multiprocessing/lib/cluster/tasks"
)

func main() { command.Main("worker", worker) }

func worker(flags *flag.FlagSet, config *cluster.Config) func(context.Context, io.Writer) error {
	flags.IntVar(&config.Workers, "workers", 0, "how many tasks run at once; 0 is one for each core")
	flags.DurationVar(&config.Grace, "grace", 25*time.Second, "how long to finish chunks when told to stop")
	return func(ctx context.Context, _ io.Writer) error { return cluster.RunWorker(ctx, *config) }
}
