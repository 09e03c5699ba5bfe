// Package command is what the commands of package cluster share: how to reach
// the servers, when to stop, and how to report an error.
package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"multiprocessing/lib/cluster"
)

// Command defines its own flags, and returns what to do when all were parsed.
type Command func(*flag.FlagSet, *cluster.Config) (run func(ctx context.Context, stdout io.Writer) error)

// Main runs a command with the program's arguments, and exits. SIGTERM and
// Ctrl-C end its context; a second one ends the program.
func Main(name string, c Command) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	os.Exit(Execute(ctx, name, c, os.Args[1:], os.Stdout, os.Stderr))
}

// tokenVariable may have the token, because every user of the machine can see
// --token.
const tokenVariable = "NATS_TOKEN"

// Execute runs a command with args and returns the exit status: 0, or 1 after an
// error, which is one line on stderr.
func Execute(ctx context.Context, name string, c Command, args []string, stdout, stderr io.Writer) int {
	config := cluster.Config{Log: slog.New(slog.NewTextHandler(stderr, nil))}
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard) // Parse prints more than one line
	flags.StringVar(&config.URL, "url", "", "where the servers are: nats://host:port or tls://host:port, all servers of a cluster with commas between")
	flags.StringVar(&config.Token, "token", "", "the servers' token; or set "+tokenVariable)
	flags.StringVar(&config.Credentials, "creds", "", "file with credentials for the servers")
	flags.StringVar(&config.CA, "ca", "", "file with the certificates to trust for tls://")
	run := c(flags, &config)
	err := flags.Parse(args)
	if config.Token == "" && config.Credentials == "" {
		config.Token = os.Getenv(tokenVariable)
	}
	switch {
	case errors.Is(err, flag.ErrHelp):
		flags.SetOutput(stdout)
		flags.Usage()
		return 0
	case err != nil:
	case flags.NArg() > 0:
		err = fmt.Errorf("unknown argument %q; see --help", flags.Arg(0))
	case config.URL == "":
		err = errors.New("--url is needed; see --help")
	default:
		err = run(ctx, stdout)
	}
	if err != nil {
		fmt.Fprintf(stderr, "%s: %v\n", name, err)
		return 1
	}
	return 0
}
