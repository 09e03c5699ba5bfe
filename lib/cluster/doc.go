// Package cluster maps a task over items in other goroutines, other processes
// or on other machines, with NATS JetStream: what slide 2 asks for with
// "Cluster Computing? Distributed Processing?". It returns what packages
// serial, pool and process return.
//
// Use it when one machine is not enough, or when work must outlive the
// program that asked for it. On one machine package pool is faster, and
// package process keeps tasks apart just as well.
//
//	c, err := cluster.Open(ctx, cluster.Config{}) // a server in this program, GOMAXPROCS goroutines
//	defer c.Close()
//	primes, err := cluster.Map(ctx, c, []int{20000, 20001}, nth)
//
// The task is one of process.Register, and its documentation says which values
// can be sent. Config has the rest: worker processes, or the URL of servers
// elsewhere. Nothing else changes in the program.
//
// # One Map
//
// JetStream does the work: it stores chunks and results in two streams, on
// three servers if there are three, delivers each chunk to one worker, and
// delivers it again if the worker does not acknowledge it.
//
//	client (Map)                    servers                      worker
//	------------                    -------                      ------
//	1 cut the items into chunks
//	2 send each chunk ------------> MULTIPROCESSING_WORK
//	                                  the queue delivers ------> 3 receive one chunk
//	                                                             4 run its task, and say that it is in progress
//	                                MULTIPROCESSING_DONE <------ 5 store the result
//	                                  the first one stays
//	                                MULTIPROCESSING_WORK <------ 6 acknowledge the chunk
//	                                  deletes it
//	7 take each result <----------- MULTIPROCESSING_DONE
//	  decode it, count its items
//	8 delete the job, tell workers
//
// The steps are in these files: 1 client_cut, 2 client_send, 3 worker_group, 4
// worker_chunk and worker_in_progress, 5 and 6 worker_result, 7 client_result,
// 8 client_cleanup. The other files handle failures:
//
//   - A worker dies, or is cut off: without a sign of life for 5 seconds its
//     chunk is delivered to another worker. A process of Config.Processes is
//     replaced (worker_processes). After three attempts (MaxAttempts) the
//     chunk is lost, and the rest finishes (attempts).
//   - A worker is told to stop: it finishes its chunk, or returns it to the
//     queue, which is not an attempt (worker_return).
//   - A task hangs: nothing detects that, but with ChunkTimeout the attempt
//     fails, and a process in which the task does not stop is replaced.
//   - A task fails: chunks after the item are dropped, and Map returns the error
//     of the lowest item (client_result).
//   - One of three servers dies: the others continue after they have elected a
//     leader, which takes some seconds. Chunks and results that were lost are
//     found and sent again (client_audit).
//   - The program that called Map dies: the workers continue with the chunks
//     that are queued. If the job has a name (Job), the same Map resumes it
//     (job_lease).
//   - A server is full: workers wait with their results until there is space.
//     A Map has at most 64 MB and 1,024 chunks in flight, and at most a quarter
//     of what the servers may store.
//
// Package internal/wire has the messages, and package internal/jetstream all
// that is known about NATS.
//
// A message has up to 8 MB on servers of this package, and on others what they
// allow. Map cuts chunks so that they fit, and a worker cuts results. A single
// value that is larger is an error: pass a reference to the data instead.
//
// # Who may run what
//
// Values are sent, code is not: a worker has its tasks by name, from
// process.Register, and refuses a job whose code is not the same. For the
// functions of lib the version is a hash of the sources of lib, so that command
// worker, which has those of package tasks, serves every notebook of the same
// checkout. Any other task, such as one of a notebook's cell, runs in workers
// of the same program only: Config.Workers and Config.Processes.
//
// A server in the program listens on nothing; worker processes connect through
// a Unix socket that only this user can open. With Config.Listen it listens for
// workers from elsewhere: on the loopback interface with a token, on others
// with a token and a certificate:
//
//	c, err := cluster.Open(ctx, cluster.Config{Listen: "0.0.0.0:4222", Token: token, Certificate: "cert.pem", Key: "key.pem"})
//	defer c.Close()
//	primes, err := cluster.Map(ctx, c, []int{20000, 20001}, tasks.Nth)
//
// Servers of StartNodes listen on the loopback interface and require a token.
// Where an operator has accounts, Config.Credentials is a user's file. Workers
// and clients check every field of a message.
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
//     processes, 50 ms of that for stopping the server (BenchmarkOpen); three
//     servers with StartNodes: about half a second (BenchmarkStartNodes);
//   - when a worker is killed, 5 seconds until its chunk runs again; when the
//     leader of three servers is killed, 4 to 12 seconds without progress;
//   - 22 MB in every program that imports it, for the NATS server.
//
// The benchmarks:
//
//	go test -run '^$' -bench 'TinyTasks|Chunk|OneTask|Open|StartNodes|PrimeTable' -benchtime 20x ./lib/cluster
package cluster
