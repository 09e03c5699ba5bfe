// Package cluster maps a task over items in other goroutines, other processes
// or on other machines, by way of NATS JetStream: what slide 2 asks for with
// "Cluster Computing? Distributed Processing?". It gives the answers of
// packages serial, pool and process.
//
// Use it when one machine is not enough, or when work must outlive the
// program that asked for it. On one machine package pool is faster, and
// package process keeps tasks apart just as well.
//
//	c, err := cluster.Open(cluster.Config{}) // a server in this program, a goroutine for each core
//	defer c.Close()
//	primes, err := cluster.Map(c, []int{20000, 20001}, nth)
//
// The task is one of process.Register, and what is said there about values
// holds here. Config has the rest: worker processes, or the URL of servers
// elsewhere. Nothing else changes in the program.
//
// # How it works
//
// An engine that exists does the work; nothing of it is written here. Chunks
// of items are messages in a JetStream work queue. A worker asks for one at a
// time, stores the result in a second stream, which refuses another result
// for the same chunk, and only then acknowledges the chunk. JetStream gives a
// chunk to another worker if it is not acknowledged, and nothing is heard of
// its worker, for 5 seconds. With three servers or more each stream is on
// three, so that one may die.
//
// Values that are too large for a message go through the object store. The
// object of a chunk goes when its result is kept, that of a result when the
// client has read it. So there are at most 64 MB of chunks at once, or one
// that is larger, and of results as many as 1,024 chunks have. Of what an
// account or a server in the program may hold, chunks take no more than a
// quarter, so that there is room for results. A job with a name keeps all its
// results until it ends, for who picks it up again reads them once more: the
// store must have room for them. In a server of this program that room is
// memory. Where there is none, workers wait with their results until there is,
// and nothing is lost. What a dead worker has left is taken away.
//
// So what happens if something dies?
//
//   - A worker: its chunk runs again elsewhere. A process of Config.Processes
//     is replaced. After three workers (Tries) the chunk is given up, and the
//     rest finishes. A worker that is only told to end finishes its chunk, or
//     hands it back, and that does not count.
//   - A task hangs: nobody knows, but with Limit its chunk is taken away, as
//     from a dead worker.
//   - A server of three: the others go on after they have agreed who leads,
//     which takes them some seconds.
//   - The program that called Map: the workers go on with what was queued. If
//     the job has a name (Job), the same Map picks it up again.
//
// # Who may run what
//
// Values travel, code does not: a worker has its tasks by name, from
// process.Register, and refuses a job whose code is not the same. For the
// functions of lib that is a hash of the sources of lib, so that command
// worker, which has those of package tasks, serves every notebook of the same
// checkout. Any other task, such as one of a notebook's cell, runs in workers
// of the same program only: Config.Workers and Config.Processes.
//
// A server in the program listens on nothing; worker processes come through a
// Unix socket that only this user can open. With Config.Listen it listens for
// workers from elsewhere, on the loopback interface with a token, and on
// others with a token and a certificate:
//
//	c, err := cluster.Open(cluster.Config{Listen: "0.0.0.0:4222", Token: token, Certificate: "cert.pem", Key: "key.pem"})
//	defer c.Close()
//	primes, err := cluster.Map(c, []int{20000, 20001}, tasks.Nth)
//
// Servers of StartNodes listen on the loopback interface and ask for a token.
// Where an operator has accounts, Config.Credentials is a user's file. A
// worker refuses messages that it cannot read, or that claim more than they
// hold.
//
// # What it costs
//
// Measured on 2 cores, with 2 workers:
//
//   - a chunk, with a server in the program: 75 µs for goroutines, and 140 to
//     190 µs for processes, whose way to the server is longer; with one server
//     in a process of its own 170 to 200 µs, and with three, which agree on
//     each message and write it to files, 0.8 ms (BenchmarkChunk);
//   - a Map of one task: 0.7 to 1.1 ms (BenchmarkOneTask);
//   - a million tasks that add 1 to a number: 27 ns a task for goroutines, 53
//     for processes; with structs that hold a string 220 and 280 ns
//     (BenchmarkTinyTasks);
//   - a table of primes, tasks of 0.1 to 20 ms: no more than package process
//     for goroutines, 7% more for processes (BenchmarkPrimeTable);
//   - Open, a Map of one task and Close: 55 ms for goroutines, 75 ms for
//     processes, of which 50 ms are the server's end (BenchmarkOpen); three
//     servers with StartNodes: about half a second (BenchmarkStartNodes);
//   - when a worker is killed, 5 seconds until its chunk runs again; when the
//     leader of three servers is, 4 to 12 seconds in which nothing goes on;
//   - 22 MB in every program that imports it, for the NATS server.
//
// The benchmarks:
//
//	go test -run '^$' -bench 'TinyTasks|Chunk|OneTask|Open|StartNodes|PrimeTable' -benchtime 20x ./lib/cluster
package cluster
