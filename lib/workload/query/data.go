package query

import (
	"context"
	"database/sql"
)

// table and fillTable are SQL that both databases understand, and whole
// numbers only, so that both hold the same rows. The numbers look random:
// multiplied by a large odd number, then cut. The prices are invented; which
// makes are dear is no order of their numbers.
const (
	table = `CREATE TABLE sales (id bigint PRIMARY KEY, make bigint, year bigint, miles bigint, price bigint)`

	fillTable = `
INSERT INTO sales
WITH RECURSIVE
  numbers(id) AS (SELECT CAST(1 AS bigint) WHERE 1 <= $1 UNION ALL SELECT id + 1 FROM numbers WHERE id < $1),
  cars(id, make, age, luck) AS (
    SELECT id, id * 48271 % 65537 % 12, id * 69621 % 65539 % 20, id * 40692 % 65543 % 6000 FROM numbers)
SELECT id, make, 2024 - age, age * 8000 + luck * 2, 22000 + 1700 * (make * 7 % 12) - 900 * age + luck FROM cars`
)

// fill makes the table and its rows, all or nothing.
func fill(ctx context.Context, db *sql.DB, prepare string, rows int) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // of no effect after Commit
	if prepare != "" {
		if _, err := tx.ExecContext(ctx, prepare); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, table); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, fillTable, rows); err != nil {
		return err
	}
	return tx.Commit()
}
