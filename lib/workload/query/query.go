// Package query asks a real database, with SQL: slide 11's "potentially
// blocking I/O procedure, like a [...] SQL query".
//
// Class: embarrassingly parallel; a query needs nothing from the others. A
// query of some dozen bytes goes to the database, two numbers come back; the
// table stays there. Whether queries at once are faster depends on what a
// query waits for:
//
//   - PostgreSQL works in processes of its own. The goroutine that asks only
//     waits, and while it does another can ask;
//   - SQLite works in this process, in the goroutine that asks: that is
//     computing, and many at once help as far as there are cores;
//   - a database on another machine is some milliseconds away. Latency makes
//     this one so. Then many at once help even on one core.
//
// It uses SQLite, in a file of its own, unless the environment variable
// MULTIPROCESSING_POSTGRES names a PostgreSQL server, as in
// "postgres://user:password@host/database".
//
//	db, err := query.Open(ctx, 100_000)
//	defer db.Close()
//	for _, q := range query.Questions(40) {
//		answer, err := db.Answer(ctx, q)
//	}
//
// Serial is that loop. The data are the same in both databases, so the
// answers are too.
//
// Measured on 2 cores that other programs used too, 100,000 rows: a query
// takes 5 to 6 ms in SQLite, 3 ms each with 8 at once and both cores free;
// 6 and 3 ms in PostgreSQL on the same machine; if 5 ms away, 11 ms, and 3 to
// 5 ms each with 8 at once (BenchmarkQuery). To open SQLite with these rows
// takes 0.15 to 0.18 s (BenchmarkOpen).
//
// The two drivers make a program 13 MB larger and its link slower: import
// this package where it is used, and nowhere else.
package query

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"multiprocessing/internal/envvar"
	"multiprocessing/lib/internal/notnil"
)

// Variable is the environment variable that names a PostgreSQL server.
const Variable = envvar.Postgres

// DB is an open database with a table of cars sold:
//
//	sales(id, make, year, miles, price)
//
// where make is a number from 0 to 11. It is a sql.DB, for queries of your
// own. Many goroutines may use it at once.
type DB struct {
	*sql.DB
	engine  engine
	latency time.Duration
	close   func() error
}

// engine is what differs between databases.
type engine struct {
	name    string // to read
	version string // a query that returns it
	prepare string // a statement to run before the table is made, or ""
	remove  func(*sql.DB) error
}

// Option changes how Open works.
type Option func(*options)

type options struct {
	latency     time.Duration
	connections int
}

// Latency has every query of Answer wait d before it is asked, as if the
// database were so far away. It panics if d is negative.
func Latency(d time.Duration) Option {
	if d < 0 {
		panic(fmt.Sprintf("query: Latency: the time must not be negative, got %v", d))
	}
	return func(o *options) { o.latency = d }
}

// Connections allows n connections to the database, 8 without it. One
// connection answers one query at a time; who asks when all are busy waits.
// It panics if n is below 1.
func Connections(n int) Option {
	if n < 1 {
		panic(fmt.Sprintf("query: Connections: n must be at least 1, got %d", n))
	}
	return func(o *options) { o.connections = n }
}

// Open makes a database with so many rows: SQLite in a temporary folder, or
// a schema of its own on the PostgreSQL server that MULTIPROCESSING_POSTGRES
// names. Close removes it again. The error says what could not be done. It
// panics if rows is below 0.
func Open(ctx context.Context, rows int, opts ...Option) (*DB, error) {
	notnil.Context(ctx, "query: Open")
	if rows < 0 {
		panic(fmt.Sprintf("query: Open: rows must not be negative, got %d", rows))
	}
	o := options{connections: 8}
	for _, opt := range opts {
		opt(&o)
	}
	open := openSQLite
	if dsn := os.Getenv(Variable); dsn != "" {
		open = func(ctx context.Context) (*sql.DB, engine, error) { return openPostgres(ctx, dsn) }
	}
	sqlDB, e, err := open(ctx)
	if err != nil {
		return nil, fmt.Errorf("query: opening the database: %w", err)
	}
	db := &DB{DB: sqlDB, engine: e, latency: o.latency}
	db.close = sync.OnceValue(db.shutDown)
	db.SetMaxOpenConns(o.connections)
	db.SetMaxIdleConns(o.connections)
	if err := fill(ctx, sqlDB, e.prepare, rows); err != nil {
		return nil, errors.Join(fmt.Errorf("query: filling the database with %d rows: %w", rows, err), db.Close())
	}
	return db, nil
}

// Close closes the database and removes it. Closing again is harmless.
func (db *DB) Close() error { return db.close() }

func (db *DB) shutDown() error {
	if err := db.engine.remove(db.DB); err != nil {
		return fmt.Errorf("query: removing the database: %w", err)
	}
	return nil
}

// Engine returns the database's name and version, as "SQLite 3.50.4".
func (db *DB) Engine(ctx context.Context) (string, error) {
	notnil.Context(ctx, "query: Engine")
	var version string
	if err := db.QueryRowContext(ctx, db.engine.version).Scan(&version); err != nil {
		return "", fmt.Errorf("query: asking for the version: %w", err)
	}
	return db.engine.name + " " + version, nil
}
