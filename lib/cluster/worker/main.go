// Command worker runs the course's tasks, those of package tasks, for
// programs that call cluster.Map, on NATS servers that both can reach:
//
//	go run ./lib/cluster/worker --url nats://127.0.0.1:4222 --token TOKEN
//
// Start as many as you like, on as many machines as you like, from the same
// checkout. SIGTERM and Ctrl-C stop it when it has finished its chunks, or has
// returned them to the queue; a second one ends it at once.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"multiprocessing/lib/cluster"
	_ "multiprocessing/lib/cluster/tasks"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // so that a second signal ends it
	os.Exit(execute(ctx, os.Args[1:], os.Stderr))
}

// tokenVariable may have the token, because every user of the machine can see
// --token.
const tokenVariable = "NATS_TOKEN"

// execute runs the command line args and returns the exit status: 0 when it
// was told to stop, and every chunk was finished or returned to the queue.
func execute(ctx context.Context, args []string, stderr io.Writer) int {
	config := cluster.Config{Log: slog.New(slog.NewTextHandler(stderr, nil))}
	command := &cobra.Command{
		Use:           "worker --url URL",
		Short:         "Runs the course's tasks for cluster.Map, on NATS JetStream",
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if config.Token == "" && config.Credentials == "" {
				config.Token = os.Getenv(tokenVariable)
			}
			return cluster.RunWorker(cmd.Context(), config)
		},
	}
	flags := command.Flags()
	flags.StringVar(&config.URL, "url", "", "where the servers are: nats://host:port or tls://host:port, all servers of a cluster with commas between")
	flags.StringVar(&config.Token, "token", "", "the servers' token; or set "+tokenVariable)
	flags.StringVar(&config.Credentials, "creds", "", "file with credentials for the servers")
	flags.StringVar(&config.CA, "ca", "", "file with the certificates to trust for tls://")
	flags.IntVar(&config.Workers, "workers", 0, "how many tasks run at once; 0 is one for each core")
	flags.DurationVar(&config.Grace, "grace", 25*time.Second, "how long to finish chunks when told to stop")
	command.MarkFlagRequired("url")
	command.SetArgs(args)
	command.SetErr(stderr)
	if err := command.ExecuteContext(ctx); err != nil {
		fmt.Fprintf(stderr, "worker: %v\n", err)
		return 1
	}
	return 0
}
