// Package jetstream is everything that package cluster knows about NATS: how
// to connect, which streams and consumers there are, how to store a message
// once, and when to ask again.
//
// Three streams are shared by all jobs:
//
//	MULTIPROCESSING_WORK   chunks; one message for a subject, deleted by its acknowledgement
//	MULTIPROCESSING_DONE   results; one message for a subject: the first one stays
//	MULTIPROCESSING_JOBS   records of jobs that have a name; the last one stays
//
// A durable consumer of the first stream is a queue, from which workers take
// chunks. A client reads its results with a consumer of its own.
//
// retry.go has all durations and what is retried. workarounds.go has all code
// that is here only because of defects of NATS, with links to the reports.
package jetstream
