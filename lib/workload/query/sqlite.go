package query

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // registers itself as "sqlite"
)

// openSQLite makes a database in a folder that only this user can enter. It
// is a file, not memory, so that every connection sees it and reads by
// itself. It need not survive a crash of the machine: hence no syncing. The
// cache of each connection, 64 MB at most, holds the whole table: reading it
// from the file anew took as long as looking at it.
func openSQLite(context.Context) (*sql.DB, engine, error) {
	folder, err := os.MkdirTemp("", "multiprocessing-query-")
	if err != nil {
		return nil, engine{}, err
	}
	e := engine{
		name: "SQLite", version: "SELECT sqlite_version()",
		remove: func(db *sql.DB) error { return errors.Join(db.Close(), os.RemoveAll(folder)) },
	}
	file := url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Join(folder, "sales.db"))}
	file.RawQuery = url.Values{"_pragma": {"busy_timeout(10000)", "synchronous(off)", "cache_size(-65536)"}}.Encode()
	db, err := sql.Open("sqlite", file.String())
	if err != nil {
		return nil, engine{}, errors.Join(err, os.RemoveAll(folder))
	}
	return db, e, nil
}
