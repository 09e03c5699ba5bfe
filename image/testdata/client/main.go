// Command client starts a NATS server and the image's worker, and has the worker find primes, as a program would that
// was built from the same checkout. It prints them.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"multiprocessing/lib/cluster"
	"multiprocessing/lib/cluster/tasks"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "client:", err)
		os.Exit(1)
	}
}

func run() error {
	folder, err := os.MkdirTemp("", "client-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: folder, NoSigs: true, NoLog: true, Authorization: "secret"})
	if err != nil {
		return err
	}
	s.Start()
	defer s.Shutdown()
	if !s.ReadyForConnections(20 * time.Second) {
		return errors.New("the server did not get ready")
	}
	worker := exec.Command("worker", "--url", s.ClientURL(), "--workers", "1")
	worker.Env = append(os.Environ(), "NATS_TOKEN=secret")
	worker.Stderr = os.Stderr
	if err := worker.Start(); err != nil {
		return err
	}
	found, err := find(s.ClientURL())
	if err == nil {
		fmt.Println(found)
	}
	return errors.Join(err, worker.Process.Signal(os.Interrupt), worker.Wait())
}

func find(url string) ([]int, error) {
	c, err := cluster.Open(context.Background(), cluster.Config{URL: url, Token: "secret"})
	if err != nil {
		return nil, err
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return cluster.Map(ctx, c, []int{1, 2, 3, 20000}, tasks.Nth)
}
