package query

import (
	"context"
	"fmt"
	"time"

	"multiprocessing/lib/internal/notnil"
)

// Makes is how many makes of car there are: 0 to Makes-1.
const Makes = 12

// Question asks for the cars of one make built from year From to year To.
type Question struct {
	Make     int
	From, To int
}

// Answer is how many such cars were sold, and for how many dollars in all.
type Answer struct {
	Cars    int
	Dollars int
}

// Questions returns n questions, always the same. It panics if n is below 0.
func Questions(n int) []Question {
	if n < 0 {
		panic(fmt.Sprintf("query: Questions: n must not be negative, got %d", n))
	}
	questions := make([]Question, n)
	for i := range questions {
		from := 2005 + i/Makes%20
		questions[i] = Question{Make: i % Makes, From: from, To: from + 4}
	}
	return questions
}

// Serial asks one question after the other. It returns the answers in the
// order of the questions, or the first error.
func (db *DB) Serial(ctx context.Context, questions []Question) ([]Answer, error) {
	notnil.Context(ctx, "query: Serial")
	answers := make([]Answer, len(questions))
	for i, q := range questions {
		answer, err := db.Answer(ctx, q)
		if err != nil {
			return nil, err
		}
		answers[i] = answer
	}
	return answers, nil
}

// Answer asks one question: the task of one worker. The table has no index
// that would help, so the database reads all rows. A deadline or canceling
// of ctx ends it at once.
func (db *DB) Answer(ctx context.Context, q Question) (Answer, error) {
	notnil.Context(ctx, "query: Answer")
	a, err := db.answer(ctx, q)
	if err != nil {
		return Answer{}, fmt.Errorf("query: asking for cars of make %d from %d to %d: %w", q.Make, q.From, q.To, err)
	}
	return a, nil
}

func (db *DB) answer(ctx context.Context, q Question) (a Answer, err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return Answer{}, err
	}
	defer conn.Close() // back to the others
	// The wait comes with the connection in hand: a database that is far
	// away keeps it just as long.
	if err := wait(ctx, db.latency); err != nil {
		return Answer{}, err
	}
	err = conn.QueryRowContext(ctx, question, q.Make, q.From, q.To).Scan(&a.Cars, &a.Dollars)
	return a, err
}

const question = `
SELECT count(*), CAST(coalesce(sum(price), 0) AS bigint)
FROM sales WHERE make = $1 AND year BETWEEN $2 AND $3`

// wait returns after d, or the reason when ctx is done before.
func wait(ctx context.Context, d time.Duration) error {
	if d == 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
