package query

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// openPostgres uses a schema with a name that nobody else has, and lets all
// connections look for tables in it.
func openPostgres(ctx context.Context, dsn string) (*sql.DB, engine, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, engine{}, fmt.Errorf("%s: %w", Variable, err)
	}
	schema := pgx.Identifier{"multiprocessing_" + rand.Text()}.Sanitize()
	config.RuntimeParams["search_path"] = schema
	db := stdlib.OpenDB(*config)
	if err := db.PingContext(ctx); err != nil {
		return nil, engine{}, errors.Join(fmt.Errorf("PostgreSQL: %w; see that the server of %s runs, or unset it to use SQLite", err, Variable), db.Close())
	}
	e := engine{
		name: "PostgreSQL", version: "SHOW server_version",
		prepare: "CREATE SCHEMA " + schema,
		remove:  func(db *sql.DB) error { return dropSchema(db, schema) },
	}
	return db, e, nil
}

// dropSchema has a time of its own: whoever closes the database may do so
// because the context that opened it has ended.
func dropSchema(db *sql.DB, schema string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_, err := db.ExecContext(ctx, "DROP SCHEMA IF EXISTS "+schema+" CASCADE")
	return errors.Join(err, db.Close())
}
